import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import * as dwell from '../../proctor_app/static/js/watch/dwell.js';
import { ids, incidents, POLICY } from './scenes.js';

const FOLDER = new URL('./traces/', import.meta.url);
const ONSET_SECONDS = 0.7;
// Ends are held less tightly: what is false for less than a second does not end anything.
const END_SECONDS = 1.5;
const MUST_FIND = { face_absent: 'absence', multiple_faces: 'multiple_faces', look_away: 'looking_away' };

function load(name) {
  const { columns, readings, ...rest } = JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'));
  const named = readings.map((row) => Object.fromEntries(row.map((value, index) => [columns[index], value])));
  return { ...rest, readings: named.map((one) => ({ ...one, cut_off: Boolean(one.cut_off), face_box: null })) };
}

const traces = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .map((name) => ({ name: name.replace('.json', ''), ...load(name) }));

const mustFind = ({ events }) => events.filter(({ type, should_flag: flag }) => flag === true && MUST_FIND[type]);

/** What was found against what happened; `slack` for readings that are further apart. */
function check(trace, readings, slack = 0) {
  const found = incidents(readings);
  const expected = mustFind(trace);
  assert.deepEqual(found.map(({ kind, reason }) => reason ?? kind), expected.map(({ type }) => MUST_FIND[type]));
  found.forEach((one, index) => {
    const { start, end } = expected[index];
    assert.ok(Math.abs(one.started_at - start) <= ONSET_SECONDS + slack, `began at ${one.started_at}, not ${start}`);
    assert.ok(Math.abs(one.ended_at - end) <= END_SECONDS + slack, `ended at ${one.ended_at}, not ${end}`);
  });
}

test('there are traces, and each says what it was read with', () => {
  assert.equal(traces.length, 7);
  for (const { model, package: version, footage } of traces) {
    assert.match(model, /sha256 [0-9a-f]{64}$/);
    assert.match(version, /@mediapipe\/tasks-vision \d/);
    assert.ok(footage);
  }
});

for (const trace of traces) {
  describe(trace.name, () => {
    test('everything that must be reported is, in time, and nothing else', () => check(trace, trace.readings));

    for (const [keep, name] of [[2, 'half'], [4, 'a quarter of']]) {
      test(`so it is on a computer that manages ${name} the readings`, () => {
        const readings = trace.readings.filter((_, index) => index % keep === 0);
        check(trace, readings, (keep - 1) / 5);
      });
    }
  });
}

test('single readings that were missed change nothing', () => {
  for (const trace of traces) {
    const missed = { faces: 0, yaw: null, pitch: null, roll: null, face_width: null, face_luma: null, cut_off: false };
    const readings = trace.readings.map((one, index) => (index % 12 === 7 && one.faces === 1 ? { ...one, ...missed } : one));
    check(trace, readings, 0.4);
  }
});

test('a covered lens is time in which nothing could be told, and so is not held against anybody', () => {
  for (const trace of traces) {
    for (const { start, end } of trace.events.filter(({ type }) => type === 'camera_covered')) {
      const newId = ids();
      let state = dwell.START;
      let covered = 0;
      for (const reading of trace.readings) {
        ({ state } = dwell.step(state, reading, POLICY, newId));
        if (reading.at / 1000 >= start && reading.at / 1000 < end && state.blind?.reason === 'covered') covered += 0.2;
      }
      assert.ok(covered >= 0.8 * (end - start) - 0.2, `${trace.name}: covered for ${covered} of ${end - start} s`);
    }
  }
});

test('eyes alone do not turn a head', () => {
  const { readings } = traces.find(({ name }) => name === 'gaze_only_away');
  const yaws = readings.map(({ yaw }) => yaw);
  assert.ok(Math.max(...yaws) - Math.min(...yaws) < 12);
});
