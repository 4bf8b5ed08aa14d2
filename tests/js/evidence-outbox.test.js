import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEvidenceOutbox } from '../../proctor_app/static/js/evidence-outbox.js';
import { evidenceMemory } from '../../proctor_app/static/js/evidence-storage.js';

const TIMES = { answer: 50, firstWait: 1 };
const JPEG = new ArrayBuffer(8);
const still = (observation, at = 1000) => ({ observation, at, jpeg: JPEG });

/** An outbox whose server answers as `answer(message)` says: nothing is an acknowledgement, a code is a refusal. */
async function setUp({ answer = () => undefined, storage = evidenceMemory(), unacknowledged = new Set(), now = () => 5000 } = {}) {
  const sent = [];
  const outbox = await openEvidenceOutbox({
    session: 's',
    now,
    storage,
    times: TIMES,
    isWaiting: (id) => unacknowledged.has(id),
    async send(message) {
      sent.push(message.observation);
      const code = await answer(message);
      if (code) throw { code };
    },
  });
  return { outbox, sent, storage, unacknowledged };
}

test('a still is kept until the server has it', async () => {
  const { outbox, sent, storage } = await setUp();
  await outbox.put(still('a'));
  assert.equal(outbox.pending(), 1);
  assert.deepEqual(sent, [], 'there is no connection yet');
  assert.equal((await storage.waiting('s')).length, 1);
  outbox.online();
  assert.equal(await outbox.drained(500), true);
  assert.deepEqual(sent, ['a']);
  assert.deepEqual(await storage.waiting('s'), []);
});

test('it goes out after its observation, and does not hold up others', async () => {
  const { outbox, sent, unacknowledged } = await setUp({ unacknowledged: new Set(['a']) });
  outbox.online();
  await outbox.put(still('a'));
  await outbox.put(still('b'));
  assert.equal(await outbox.drained(20), false);
  assert.deepEqual(sent, ['b']);
  unacknowledged.clear();
  outbox.observationSettled();
  assert.equal(await outbox.drained(500), true);
  assert.deepEqual(sent, ['b', 'a']);
});

test('a failure that may pass is tried again, one that will not pass is not', async () => {
  let tries = 0;
  const { outbox, sent } = await setUp({
    answer: ({ observation }) => (observation === 'never' ? 'not_wanted' : (tries += 1) < 3 ? 'not_stored' : undefined),
  });
  outbox.online();
  await outbox.put(still('never'));
  await outbox.put(still('later'));
  assert.equal(await outbox.drained(500), true);
  assert.deepEqual(sent, ['never', 'later', 'later', 'later']);
});

test('without an answer it is sent again, and at once when the connection comes back', async () => {
  const heard = [];
  let hangs = true;
  const { outbox, sent } = await setUp({ answer: () => (hangs ? new Promise(() => heard.push(1)) : undefined) });
  outbox.online();
  await outbox.put(still('a'));
  outbox.offline();
  hangs = false;
  outbox.online();
  assert.equal(await outbox.drained(500), true);
  assert.equal(sent.length, 2);
});

test('a reload goes on with what the page before it left, and forgets what is days old', async () => {
  const storage = evidenceMemory();
  const now = () => 10 * 24 * 3600 * 1000;
  await storage.add('s', still('old', 1000));
  await storage.add('other session', still('x', now()));
  const first = await setUp({ storage, now });
  await first.outbox.put(still('a', now()));
  first.outbox.close();
  const { outbox, sent } = await setUp({ storage, now });
  assert.equal(outbox.pending(), 1);
  outbox.online();
  assert.equal(await outbox.drained(500), true);
  assert.deepEqual(sent, ['a']);
  assert.equal((await storage.waiting('other session')).length, 1);
});

test('one for each observation, and only so many wait', async () => {
  const { outbox, storage } = await setUp();
  for (let i = 0; i < 100; i += 1) await outbox.put(still(`n${i}`, i));
  await outbox.put(still('n1', 7));
  assert.equal(outbox.pending(), 60);
  assert.equal((await storage.waiting('s')).length, 60);
});
