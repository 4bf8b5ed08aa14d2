/** The rule by which accuracy is counted: bench/accuracy/. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { errors, figures, honestClips, interval, judge, mostPerHour } from '../../bench/accuracy/figures.js';
import { match } from '../../bench/accuracy/match.js';
import { THRESHOLDS } from '../../bench/accuracy/sensitivity.js';
import { byClip, byCondition, byKind, faults, summary } from '../../bench/accuracy/tables.js';

const away = (start, end, expect = 'must') => ({ type: 'look_away', keys: ['looking_away'], start, end, expect });
const gone = (start, end, expect = 'must') => ({ type: 'face_absent', keys: ['absence'], start, end, expect });
const seen = (key, start, end) => ({ key, start, end });

/** The verdict in one line: hits, optional reports, missed events, and the causes of what was invented. */
function said(events, found, tolerance = 0.5) {
  const { hits, optional, missed, invented } = match(events, found, tolerance);
  return [hits.length, optional.length, missed.length, invented.map(({ cause }) => cause).join()];
}

describe('an incident is the report of an event', () => {
  test('when kind and start are right, with signed errors', () => {
    const { hits } = match([away(15, 25)], [seen('looking_away', 15.3, 24.8)], 0.5);
    assert.equal(hits.length, 1);
    assert.ok(Math.abs(hits[0].onset - 0.3) < 1e-9 && Math.abs(hits[0].endError + 0.2) < 1e-9);
  });

  test('up to two seconds and the tolerance off, not further', () => {
    assert.deepEqual(said([away(15, 25)], [seen('looking_away', 17.4, 25)]), [1, 0, 0, '']);
    assert.deepEqual(said([away(15, 25)], [seen('looking_away', 17.6, 25)]), [0, 0, 1, 'wrong time']);
    assert.deepEqual(said([away(15, 25)], [seen('looking_away', 12.4, 25)]), [0, 0, 1, 'wrong time']);
  });

  test('however late it ends, and while it is open', () => {
    assert.deepEqual(said([away(15, 25)], [seen('looking_away', 15, 60)]), [1, 0, 0, '']);
    const { hits } = match([away(15, 25)], [seen('looking_away', 15, null)], 0.5);
    assert.equal(hits[0].endError, null);
  });

  test('of any of its kinds, and of no other', () => {
    const either = { ...gone(20, 32), keys: ['absence', 'face_not_visible'] };
    assert.deepEqual(said([either], [seen('face_not_visible', 20, 32)]), [1, 0, 0, '']);
    assert.deepEqual(said([gone(20, 32)], [seen('multiple_faces', 20, 32)]), [0, 0, 1, 'other kind']);
  });

  test('only where they overlap', () => {
    assert.deepEqual(said([away(15, 16)], [seen('looking_away', 16.2, 22)]), [0, 0, 1, 'nothing there']);
  });
});

describe('what is counted', () => {
  test('a second report of one event is invented, the nearest one is the report', () => {
    const { hits, invented } = match([away(15, 30)], [seen('looking_away', 16.5, 20), seen('looking_away', 15.1, 16)], 0.5);
    assert.equal(hits[0].found.start, 15.1);
    assert.deepEqual(invented.map(({ cause }) => cause), ['twice']);
  });

  test('one report is not of two events', () => {
    assert.deepEqual(said([away(15, 17), away(16, 30)], [seen('looking_away', 15.9, 30)]), [1, 0, 1, '']);
  });

  test('what may be reported is neither true nor invented, and not missed', () => {
    assert.deepEqual(said([away(15, 25, 'may')], [seen('looking_away', 15, 25)]), [0, 1, 0, '']);
    assert.deepEqual(said([away(15, 25, 'may')], []), [0, 0, 0, '']);
  });

  test('a blip that was reported is invented, and named so; one that was not is nothing', () => {
    assert.deepEqual(said([away(37, 37.7, 'never')], [seen('looking_away', 37, 37.9)]), [0, 0, 0, 'blip']);
    assert.deepEqual(said([away(37, 37.7, 'never')], []), [0, 0, 0, '']);
  });

  test('what was reported where nothing happened is invented', () => {
    assert.deepEqual(said([], [seen('absence', 3, 30)]), [0, 0, 0, 'nothing there']);
  });
});

/** A result: a minute, watched from the fourth second on. */
function result(events, found, more = {}) {
  const truth = { name: 'a', duration: 60, tolerance: 0.5, events, people: ['P'], conditions: { glasses: 'yes' }, shows: 'x', ...more };
  const load = { coverage: 98, fps: 5, frame_ms: 40, cpu_percent: 60 };
  return { truth, found, watched: [4, 60], load };
}

test('figures: shares, errors, and time in which nothing went on', () => {
  const results = [
    result([away(15, 25), gone(30, 44)], [seen('looking_away', 15.2, 25.4)]),
    result([away(15, 16, 'never')], [seen('absence', 40, 55)], { name: 'b', people: ['Q'] }),
  ];
  const sum = figures(results);
  assert.deepEqual([sum.hits, sum.invented, sum.missed, sum.recall, sum.precision], [1, 1, 1, 0.5, 0.5]);
  assert.equal(sum.seconds, 112);
  assert.equal(sum.honestSeconds, 112 - 10 - 14);
  assert.deepEqual(honestClips(results).map(({ truth }) => truth.name), ['b']);
  const absences = figures(results, (key) => key === 'absence');
  assert.deepEqual([absences.recall, absences.precision], [0, 0]);
});

test('what happened before anybody watched is not held against the detectors', () => {
  const { missed } = judge(result([away(1, 9), away(15, 25)], []));
  assert.deepEqual(missed.map(({ start }) => start), [15]);
});

test('the middle and the worst error count in both directions', () => {
  assert.deepEqual(errors([-0.9, 0.1, 0.2]), { median: 0.2, worst: 0.9 });
  assert.equal(errors([]), null);
});

test('how sure one can be: all of a few proves little', () => {
  const [low, high] = interval(16, 16);
  assert.ok(low > 0.79 && low < 0.82 && high === 1, `${low} to ${high}`);
  assert.equal(interval(0, 0), null);
  // Nothing in an hour: three an hour are possible. One in an hour: 4.74 are (Poisson).
  assert.equal(mostPerHour(0, 3600), 3);
  assert.ok(Math.abs(mostPerHour(1, 3600) - 4.74) < 0.05);
});

test('tables name every kind, clip, group and person, and what is wrong with its cause', () => {
  const results = [result([away(15, 25), away(30, 31, 'never')], [seen('looking_away', 16.1, 25), seen('looking_away', 30, 31)])];
  assert.match(byKind(results), /\| `looking_away` \| 1 \| 1 \| 0 \| {2}\| 100 % \| 50 % \| 1\.10 \/ 1\.10 \|/);
  assert.match(byClip(results), /\| a \| x \| 1 \| 1 .*\| 98 \| 5 \| 40 \| 60 \|/);
  assert.match(byCondition(results), /\| glasses \| yes \| 1 \| 0\.9 \|/);
  assert.match(byCondition(results), /\| person \| P \|/);
  assert.match(faults(results), /a: invented `looking_away` at 30–31 s \(blip, during look_away\)/);
  assert.match(faults(results), /a: look_away at 15 s was given a start \+1\.10 s off/);
  assert.match(faults([result([], [])]), /^Nothing/);
  assert.match(summary(results), /1 of 1 \(100 %; 95 %: 21–100 %\)/);
});

test('the thresholds that are varied are the published ones', () => {
  const source = readFileSync(new URL('../../proctor_app/policies/rules.py', import.meta.url), 'utf8');
  for (const [key, seconds] of Object.entries(THRESHOLDS)) assert.match(source, new RegExp(`"${key}": ${seconds}\\.0,`));
});
