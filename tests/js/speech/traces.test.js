/** What real microphones and cameras gave, through the detector: recorded probabilities of speech and gaps between lips. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';

import { lipLook } from '../../../proctor_app/static/js/watch/speech/lips.js';
import { incidents } from './hearing.js';

const LOOK_MS = 200;
const SOUND_MS = 96;

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

test('a recording of a voice far away, which automatic gain made loud, is not near', () => {
  const recording = load('far_voice');
  assert.deepEqual(found(scene(recording, { talking: recording.own })), []);
});

test('a recording of typing is no voice', () => {
  assert.deepEqual(found(scene(load('typing'))), []);
});

describe('readings of a clip, with a voice all the time', () => {
  /** The clip's readings, and somebody who talks from `from` seconds on without a pause. */
  function withVoice(name, from = 0) {
    const { columns, readings } = JSON.parse(readFileSync(new URL(`../traces/${name}.json`, import.meta.url), 'utf8'));
    const inputs = readings.map((row) => lipLook(Object.fromEntries(columns.map((column, index) => [column, row[index]]))));
    for (let at = 0; at < readings.at(-1)[0]; at += SOUND_MS) {
      const voice = at < from * 1000 ? 0.01 : 0.95;
      inputs.push({ at, source: 'microphone', voice, level: -27 });
    }
    return inputs.sort((a, b) => a.at - b.at);
  }

  for (const name of ['c03_second_person_12s', 'c06_camera_covered_12s']) {
    test(`the one who speaks in it is not accused (${name})`, () => assert.deepEqual(found(withVoice(name)), []));
  }

  test('lips that are still all the time make it another’s (c05_gaze_only_away)', () => {
    const told = found(withVoice('c05_gaze_only_away', 10));
    assert.equal(told.length, 1);
    assert.ok(Math.abs(told[0][0] - 10) < 1, JSON.stringify(told));
  });
});
