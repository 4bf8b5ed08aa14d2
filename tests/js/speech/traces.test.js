/** What real microphones and cameras gave, through the detector: recorded probabilities of speech and gaps between lips. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';

import { incidents } from './hearing.js';

const LOOK_MS = 200;

function load(name) {
  return JSON.parse(readFileSync(new URL(`./traces/${name}.json`, import.meta.url), 'utf8'));
}

const { lips } = load('lips');

/**
 * A recorded sound, and recorded lips that talk in the given stretches (seconds) and are still otherwise.
 * @param {{sounds: number[][]}} recording
 * @param {{talking?: number[][], talk?: string, still?: string}} who
 */
function scene({ sounds }, { talking = [], talk = 'talking', still = 'still' } = {}) {
  const inputs = sounds.map(([at, voice, level]) => ({ at, source: 'microphone', voice, level }));
  for (let at = 0; at < sounds.at(-1)[0]; at += LOOK_MS) {
    const isTalking = talking.some(([start, end]) => at >= start * 1000 && at < end * 1000);
    const { looks } = lips[isTalking ? talk : still];
    inputs.push({ at, gap: looks[Math.round(at / LOOK_MS) % looks.length][1] });
  }
  return inputs.sort((a, b) => a.at - b.at);
}

/** Start and end in seconds of the recording. */
function found(inputs) {
  return incidents(inputs).map((one) => [one.started_at + inputs[0].at / 1000, one.ended_at + inputs[0].at / 1000]);
}

function overlaps([start, end], [from, to]) {
  return Math.min(end, to) - Math.max(start, from) > 0;
}

describe('a recording of a candidate, other voices and typing', () => {
  const recording = load('voices_and_typing');

  for (const talk of ['talking', 'other_talking']) {
    test(`the others’ voices count, the candidate’s own does not (${talk})`, () => {
      const told = found(scene(recording, { talking: recording.own, talk }));
      assert.equal(told.length, 1, JSON.stringify(told));
      assert.ok(Math.abs(told[0][0] - 20.6) < 0.7 && Math.abs(told[0][1] - 26) < 0.7, JSON.stringify(told));
    });
  }

  test('where nobody’s lips move, every long stretch of speech counts', () => {
    const told = found(scene(recording));
    for (const stretch of [[8, 15.1], [20, 26.48], [34, 40.05]]) {
      assert.ok(told.some((one) => overlaps(one, stretch)), `${stretch} in ${JSON.stringify(told)}`);
    }
    assert.equal(told.length, 3);
  });

  test('an old camera’s picture never makes the candidate’s own voice another’s', () => {
    const told = found(scene(recording, { talking: recording.own, still: 'poor' }));
    for (const own of recording.own) assert.ok(!told.some((one) => overlaps(one, own)), JSON.stringify(told));
  });
});

describe('a recording of one voice', () => {
  const recording = load('one_voice');

  test('is not another’s when the lips move with it', () => {
    assert.deepEqual(found(scene(recording, { talking: recording.speech })), []);
    assert.deepEqual(found(scene(recording, { talking: recording.speech, talk: 'other_talking' })), []);
  });

  test('counts when they are still', () => {
    const told = found(scene(recording));
    assert.equal(told.length, 2, JSON.stringify(told));
    assert.ok(overlaps(told[0], [10, 23.3]) && overlaps(told[1], [40, 46.05]));
  });
});

test('a recording of typing is no voice', () => {
  assert.deepEqual(found(scene(load('typing'))), []);
});
