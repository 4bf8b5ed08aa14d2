import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as dwell from '../../proctor_app/static/js/watch/dwell.js';
import * as page from '../../proctor_app/static/js/watch/page.js';
import { hasChanged, isOn, keyOf } from '../../proctor_app/static/js/watch/policy.js';
import { ids, lines, POLICY, scene } from './scenes.js';

const ALL = ['face_not_visible', 'looking_away', 'window_blur', 'absence', 'multiple_faces'];
const without = (...off) => ({ ...POLICY, detectors: ALL.filter((key) => !off.includes(key)) });
const waiting = (thresholds) => ({ ...POLICY, thresholds: { ...POLICY.thresholds, ...thresholds } });

/** Run a scene under one policy after the other: [[from second, policy], …]. What became of it, as `lines` writes it. */
function under(readings, [[, first], ...changes]) {
  const newId = ids();
  const start = readings[0].at;
  const byId = new Map();
  const take = (result) => {
    for (const one of result.observations) byId.set(one.id, one);
    return result.state;
  };
  let policy = first;
  let state = dwell.START;
  for (const reading of readings) {
    if (changes.length && reading.at - start >= changes[0][0] * 1000) {
      const [, next] = changes.shift();
      state = take(dwell.changePolicy(state, policy, next, reading.at));
      policy = next;
    }
    state = take(dwell.step(state, reading, policy, newId));
  }
  const seconds = (at) => (at === null ? '…' : Math.round((at - start) / 100) / 10);
  return [...byId.values()].map((one) => `${keyOf(one)} ${seconds(one.started_at)}-${seconds(one.ended_at)}`);
}

test('a detector is on when the policy lists it, and all are where it lists none', () => {
  const absenceOnly = { thresholds: {}, detectors: ['absence'] };
  assert.equal(isOn(absenceOnly, 'absence'), true);
  assert.equal(isOn(absenceOnly, 'looking_away'), false);
  assert.equal(isOn({ thresholds: {} }, 'looking_away'), true);
  assert.equal(isOn({ thresholds: {}, detectors: [] }, 'looking_away'), false);
});

test('the key of a focus loss is its reason, that of anything else its kind', () => {
  assert.equal(keyOf({ kind: 'focus_loss', reason: 'looking_away' }), 'looking_away');
  assert.equal(keyOf({ kind: 'absence', reason: null }), 'absence');
});

test('a detector is judged otherwise when it is switched, or waits for another time', () => {
  assert.equal(hasChanged(POLICY, without('looking_away'), 'absence'), false);
  assert.equal(hasChanged(POLICY, without('looking_away'), 'looking_away'), true);
  assert.equal(hasChanged(POLICY, waiting({ absence: 20 }), 'absence'), true);
});

describe('what a policy does not list is never told', () => {
  const away = scene([[20, 'candidate'], [20, 'right'], [10, 'candidate']]);
  const gone = scene([[20, 'candidate'], [20, 'nobody'], [10, 'candidate']]);
  const friend = scene([[20, 'candidate'], [20, 'friend'], [10, 'candidate']]);
  const cases = [
    [away, without('looking_away'), []],
    [friend, without('multiple_faces'), []],
    [gone, without('absence'), ['focus_loss/face_not_visible 20-40']],
    [gone, without('face_not_visible'), ['absence 20-40']],
    [gone, without('face_not_visible', 'absence'), []],
    [scene([[20, 'candidate'], [8, 'nobody'], [10, 'candidate']]), without('face_not_visible'), []],
  ];
  for (const [readings, policy, expected] of cases) {
    test(`${policy.detectors.join(', ')}: ${expected}`, () => assert.deepEqual(lines(readings, policy), expected));
  }

  test('it excludes the others all the same: who left is not looking away', () => {
    const turnedAndLeft = scene([[20, 'candidate'], [8, 'right'], [30, 'nobody'], [10, 'candidate']]);
    assert.deepEqual(lines(turnedAndLeft, without('absence', 'face_not_visible')), ['focus_loss/looking_away 20-28']);
  });
});

describe('when the policy changes', () => {
  const away = scene([[20, 'candidate'], [20, 'right'], [20, 'candidate']]);

  test('what is not watched for any more ends at that moment', () => {
    assert.deepEqual(under(away, [[0, POLICY], [30, without('looking_away')]]), ['looking_away 20-29.8']);
  });

  test('what is still watched for goes on', () => {
    assert.deepEqual(under(away, [[0, POLICY], [30, without('absence')]]), ['looking_away 20-40']);
    assert.deepEqual(under(away, [[0, POLICY], [30, waiting({ looking_away: 60 })]]), ['looking_away 20-40']);
  });

  test('no moment of the time before counts under the new one', () => {
    assert.deepEqual(under(away, [[0, without('looking_away')], [30, POLICY]]), ['looking_away 30-40']);
    assert.deepEqual(under(away, [[0, without('looking_away')], [36, POLICY]]), []);
    assert.deepEqual(under(away, [[0, waiting({ looking_away: 30 })], [36, POLICY]]), []);
  });

  test('a face that is lost becomes an absence only by what was seen since', () => {
    const gone = scene([[20, 'candidate'], [19, 'nobody'], [10, 'candidate']]);
    assert.deepEqual(under(gone, [[0, without('absence')], [30, POLICY]]), ['face_not_visible 20-39']);
    assert.deepEqual(under(gone, [[0, without('absence')], [28, POLICY]]), ['absence 20-39']);
  });
});

describe('the page', () => {
  const BEHIND = { hidden: false, focused: false, paused: false };
  const open = page.step(page.step(page.START, { at: 0, ...BEHIND }, POLICY, ids()).state, { at: 5000, ...BEHIND }, POLICY, ids());

  test('that is not watched for being in front is never told to be behind', () => {
    const policy = without('window_blur');
    const before = page.step(page.START, { at: 0, ...BEHIND }, policy, ids()).state;
    assert.deepEqual(page.step(before, { at: 60_000, ...BEHIND }, policy, ids()).observations, []);
  });

  test('ends what is open when it is not watched for any more, and only then', () => {
    assert.equal(open.observations.length, 1);
    const [ended] = page.changePolicy(open.state, POLICY, without('window_blur'), 7000).observations;
    assert.equal(ended.ended_at, 7000);
    assert.deepEqual(page.changePolicy(open.state, POLICY, waiting({ window_blur: 9 }), 7000).observations, []);
  });

  test('waits anew for another time', () => {
    const waits = page.step(page.START, { at: 0, ...BEHIND }, waiting({ window_blur: 30 }), ids()).state;
    const { state } = page.changePolicy(waits, waiting({ window_blur: 30 }), POLICY, 20_000);
    assert.deepEqual(page.step(state, { at: 21_000, ...BEHIND }, POLICY, ids()).observations, []);
  });
});
