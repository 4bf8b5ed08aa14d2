/** The clips of the accuracy bench in their fast form: recorded readings, replayed through the detectors. docs/accuracy.md. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { errors, figures, judge } from '../../bench/accuracy/figures.js';
import { sensitivity } from '../../bench/accuracy/sensitivity.js';
import { faults } from '../../bench/accuracy/tables.js';
import { readTraces, resultOf } from '../../bench/accuracy/traces.js';
import * as dwell from '../../proctor_app/static/js/watch/dwell.js';
import { ids, POLICY } from './scenes.js';

const ONSET_SECONDS = 0.7;
// Ends are held less tightly: what is false for less than a second does not end anything.
const END_SECONDS = 1.5;
/** What the face model alone does not find, and why: held here so that it is noticed when it changes. */
const KNOWN = {
  // Two heads that overlap are one face to it, and half a face none; the far one is too small. The object detector finds the far one.
  own_8_second_person: ['missed multiple_faces at 14', 'missed multiple_faces at 27', 'missed multiple_faces at 40'],
  // A phone is no face.
  photo_3_ivana: ['missed phone_visible at 34'],
};

const traces = readTraces();

/** What is wrong with a trace's verdict, in words; `slack` for readings that are further apart. */
function wrong(trace, readings = trace.readings, slack = 0) {
  const { hits, missed, invented } = judge(resultOf({ ...trace, readings }, POLICY));
  return [
    ...missed.map(({ type, start }) => `missed ${type} at ${start}`),
    ...invented.map(({ found, cause }) => `invented ${found.key} at ${found.start} (${cause})`),
    ...hits
      .filter(({ onset, endError }) => Math.abs(onset) > ONSET_SECONDS + slack || Math.abs(endError ?? 0) > END_SECONDS + slack)
      .map(({ event, onset, endError }) => `${event.type} at ${event.start}: ${onset.toFixed(2)} and ${endError?.toFixed(2)} s off`),
  ];
}

test('each trace says what it was read with', () => {
  assert.ok(traces.length >= 6);
  for (const { from, truth } of traces) {
    assert.match(from.model, /sha256 [0-9a-f]{64}$/);
    assert.match(from.package, /@mediapipe\/tasks-vision \d/);
    assert.ok(truth.shows && truth.people.length);
  }
});

for (const trace of traces) {
  const known = KNOWN[trace.truth.name] ?? [];
  describe(trace.truth.name, () => {
    test('what must be reported is, in time, and nothing else', () => assert.deepEqual(wrong(trace), known));

    for (const [keep, name] of [[2, 'half'], [4, 'a quarter of']]) {
      test(`on a computer that manages ${name} the readings nothing is invented, and nothing missed`, () => {
        const readings = trace.readings.filter((_, index) => index % keep === 0);
        assert.deepEqual(wrong(trace, readings, (keep - 1) / 5), known);
      });
    }
  });
}

test('single readings that were missed change nothing', () => {
  const none = { yaw: null, pitch: null, roll: null, gaze_x: null, gaze_y: null, eyes_apart: null, eyes_open: null, mouth: null };
  const missed = { ...none, faces: 0, face_width: null, face_box: null, face_luma: null, cut_off: false };
  for (const trace of traces) {
    const readings = trace.readings.map((one, index) => (index % 12 === 7 && one.faces === 1 ? { ...one, ...missed } : one));
    assert.deepEqual(wrong(trace, readings, 0.4), KNOWN[trace.truth.name] ?? [], trace.truth.name);
  }
});

test('a covered lens is time in which nothing could be told, and so is nobody’s absence', () => {
  for (const { truth, readings } of traces) {
    for (const { start, end } of truth.events.filter(({ keys, expect }) => keys[0] === 'camera_blocked' && expect === 'must')) {
      const newId = ids();
      let state = dwell.START;
      let covered = 0;
      for (const reading of readings) {
        ({ state } = dwell.step(state, reading, POLICY, newId));
        if (reading.at / 1000 >= start && reading.at / 1000 < end && state.blind?.reason === 'covered') covered += 0.2;
      }
      assert.ok(covered >= 0.8 * (end - start) - 0.2, `${truth.name}: covered for ${covered} of ${end - start} s`);
    }
  }
});

test('over all traces: the goals for what the face model can see', () => {
  const results = traces.filter(({ truth }) => !KNOWN[truth.name]).map((trace) => resultOf(trace, POLICY));
  const sum = figures(results);
  assert.deepEqual([sum.recall, sum.precision], [1, 1], faults(results));
  assert.ok(errors(sum.onsets).worst <= ONSET_SECONDS);
});

test('lower thresholds report more, higher ones miss more', () => {
  const rows = sensitivity(traces).split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  const of = (key) => rows.filter(([, name]) => name === `\`${key}\``);
  for (const key of ['looking_away', 'absence', 'multiple_faces']) {
    const [lowest] = of(key);
    const highest = of(key).at(-1);
    assert.ok(Number(lowest[4]) >= Number(highest[4]), `${key}: flags ${lowest[4]} and ${highest[4]}`);
    assert.ok(parseInt(lowest[3], 10) >= parseInt(highest[3], 10), `${key}: recall ${lowest[3]} and ${highest[3]}`);
  }
});
