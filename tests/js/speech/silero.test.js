/** The voice model itself, as it runs in the worker, on sound that is made here: it must not take noise for speech. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';

import * as ort from 'onnxruntime-web';

import { MODEL_SHA256 } from '../../../proctor_app/static/js/watch/speech/ears.js';
import { openModel, RATE, WINDOW } from '../../../proctor_app/static/js/watch/speech/silero.js';

const BYTES = readFileSync(new URL('../../../node_modules/@ricky0123/vad-web/dist/silero_vad_v6.onnx', import.meta.url));

/** Numbers that look random and are the same each time. */
function createNoise(seed = 1) {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

/** @param {(seconds: number) => number} sampleAt @param {number} seconds */
const sound = (sampleAt, seconds) => Float32Array.from({ length: RATE * seconds }, (_, index) => sampleAt(index / RATE));

/** A voice of sorts: a buzz of 120 Hz through the resonances of vowels that follow each other, four syllables a second. */
function babble(seconds) {
  const vowels = [[730, 1090, 2440], [270, 2290, 3010], [570, 840, 2410], [530, 1840, 2480]];
  return sound((at) => {
    const [f1, f2, f3] = vowels[Math.floor(at * 4) % vowels.length];
    const loud = Math.max(0, Math.sin(Math.PI * ((at * 4) % 1))) ** 0.6;
    let sample = 0;
    for (let harmonic = 1; harmonic <= 30; harmonic += 1) {
      const hertz = 120 * harmonic * (1 + 0.02 * Math.sin(9 * at));
      const gain = [f1, f2, f3].reduce((sum, f, index) => sum + 1 / (1 + ((hertz - f) / 90) ** 2) / (index + 1), 0);
      sample += gain * Math.sin(2 * Math.PI * hertz * at);
    }
    return 0.12 * loud * sample;
  }, seconds);
}

describe('the voice model', () => {
  /** @type {import('../../../proctor_app/static/js/watch/speech/silero.js').VoiceModel} */
  let model;

  before(async () => {
    ort.env.wasm.numThreads = 1;
    model = await openModel(ort, BYTES);
  });

  /** @param {Float32Array} samples @returns {Promise<number[]>} the probability in each window */
  async function heard(samples) {
    const ear = model.listen();
    const found = [];
    for (let at = 0; at + WINDOW <= samples.length; at += WINDOW) found.push(await ear(samples.slice(at, at + WINDOW)));
    return found;
  }

  /** @param {number[]} found @returns {number} */
  const shareOfSpeech = (found) => found.filter((voice) => voice >= 0.5).length / found.length;

  test('is the known one', () => {
    assert.equal(createHash('sha256').update(BYTES).digest('hex'), MODEL_SHA256);
  });

  test('hears a voice, and silence after it', async () => {
    const found = await heard(Float32Array.from([...babble(3), ...new Float32Array(2 * RATE)]));
    const seconds = (/** @type {number} */ from, /** @type {number} */ to) =>
      found.slice((from * RATE) / WINDOW, (to * RATE) / WINDOW);
    assert.ok(shareOfSpeech(seconds(0.5, 3)) > 0.8, `${shareOfSpeech(seconds(0.5, 3))}`);
    assert.equal(shareOfSpeech(seconds(3.6, 5)), 0);
  });

  test('keeps two ears apart', async () => {
    const [talking, silent] = [model.listen(), model.listen()];
    const voice = babble(2);
    const found = [];
    for (let at = 0; at + WINDOW <= voice.length; at += WINDOW) {
      await talking(voice.slice(at, at + WINDOW));
      found.push(await silent(new Float32Array(WINDOW)));
    }
    assert.equal(shareOfSpeech(found), 0);
  });

  test('is given the end of the window before, which it hears speech by', async () => {
    const given = [];
    const session = await ort.InferenceSession.create(BYTES);
    const run = (/** @type {any} */ feeds) => {
      given.push([...feeds.input.data]);
      return session.run(feeds);
    };
    const listening = { Tensor: ort.Tensor, InferenceSession: { create: async () => ({ run }) } };
    const ear = (await openModel(/** @type {any} */ (listening), BYTES)).listen();
    const rising = Float32Array.from({ length: 2 * WINDOW }, (_, index) => index / 2048);
    await ear(rising.slice(0, WINDOW));
    await ear(rising.slice(WINDOW));
    assert.deepEqual(given[0].slice(0, 64), Array(64).fill(0));
    assert.deepEqual(given[1], [...rising.slice(WINDOW - 64)]);
  });

  for (const [what, sampleAt] of /** @type {[string, (random: () => number) => (at: number) => number][]} */ ([
    ['silence', () => () => 0],
    ['a fan', (random) => () => 0.1 * random()],
    ['a hum of the mains', () => (at) => 0.2 * Math.sin(2 * Math.PI * 50 * at) + 0.05 * Math.sin(2 * Math.PI * 150 * at)],
    // A click of 8 ms each 180 ms, as somebody types.
    ['keys', (random) => (at) => (at % 0.18 < 0.008 ? 0.6 * random() : 0.002 * random())],
  ])) {
    test(`does not take ${what} for speech`, async () => {
      const found = await heard(sound(sampleAt(createNoise()), 4));
      assert.equal(shareOfSpeech(found), 0);
    });
  }
});
