import assert from 'node:assert/strict';
import { test } from 'node:test';
import { START, timed } from '../../proctor_app/static/js/watch/trial.js';

/** The verdict on pictures that took this long, and how many it needed. */
function verdict(cpu, gpu) {
  let trial = START;
  for (let picture = 0; picture < 100; picture += 1) {
    const step = timed(trial, cpu(picture), gpu(picture));
    if (step.verdict) return { ...step.verdict, after: picture + 1 };
    trial = step.trial;
  }
  return null;
}

test('a card that is clearly faster is used, whatever the first pictures took', () => {
  const found = verdict(() => 32, (picture) => (picture < 3 ? 900 : 8));
  assert.deepEqual(found, { isFaster: true, cpu_ms: 32, gpu_ms: 8, after: 16 });
});

test('one that is hardly faster, or slower, is not', () => {
  assert.equal(verdict(() => 32, () => 25).isFaster, false);
  assert.equal(verdict(() => 32, () => 200).isFaster, false);
});

test('a single slow picture decides nothing', () => {
  assert.equal(verdict(() => 32, (picture) => (picture === 9 ? 5000 : 8)).isFaster, true);
});

test('one that fails is given up at once', () => {
  assert.deepEqual(verdict(() => 32, () => null), { isFaster: false, cpu_ms: 32, gpu_ms: 0, after: 1 });
});
