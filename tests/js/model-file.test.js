import assert from 'node:assert/strict';
import { createHash, webcrypto } from 'node:crypto';
import { test } from 'node:test';
import { fetchModel, namedHash } from '../../proctor_app/static/js/watch/model-file.js';

globalThis.crypto ??= webcrypto;

const MODEL = new TextEncoder().encode('the model');
const HASH = createHash('sha256').update(MODEL).digest('hex');
const DIGEST = `sha-256=:${createHash('sha256').update(MODEL).digest('base64')}:`;

/** The server and the caches before it: what they give at each request, in turn. */
function serve(...answers) {
  const asked = [];
  globalThis.fetch = async (url, { cache }) => {
    asked.push(cache);
    const { body = MODEL, digest = DIGEST, status = 200 } = answers[Math.min(asked.length, answers.length) - 1];
    return new Response(status === 200 ? body : null, { status, headers: digest ? { 'Repr-Digest': digest } : {} });
  };
  return asked;
}

const OTHER = { body: new TextEncoder().encode('another') };

test('the model that the server names is used', async () => {
  assert.deepEqual(serve({}), []);
  assert.deepEqual(await fetchModel('/model').then(({ hash }) => hash), HASH);
});

test('one that a cache kept from before is fetched again', async () => {
  const asked = serve(OTHER, {});
  assert.equal((await fetchModel('/model')).hash, HASH);
  assert.deepEqual(asked, ['default', 'reload']);
});

test('another one is never used', async () => {
  serve(OTHER);
  await assert.rejects(fetchModel('/model'), ({ code, message }) => code === 'model_wrong' && /names another/.test(message));
});

test('a missing one is told apart from a line that is down', async () => {
  serve({ status: 404 });
  await assert.rejects(fetchModel('/model'), { code: 'model_missing', message: 'The model /model is not there (404).' });
  globalThis.fetch = () => Promise.reject(new TypeError('Failed to fetch'));
  await assert.rejects(fetchModel('/model'), { code: 'model_missing' });
});

test('a server that names none is believed', async () => {
  serve({ ...OTHER, digest: '' });
  assert.equal((await fetchModel('/model')).bytes.length, 7);
});

test('the field is read among others, and in no other algorithm', () => {
  assert.equal(namedHash(DIGEST), HASH);
  assert.equal(namedHash(`sha-512=:YMAam51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4yP+pgk4vf2aCsyRZOtw8MjkM7iw7yZ/WkppmM44T3qg==:, ${DIGEST}`), HASH);
  for (const field of [null, '', 'sha-512=:YWJj:', 'sha-256=abc']) assert.equal(namedHash(field), null);
});
