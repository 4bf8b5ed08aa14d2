import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as dwell from '../../proctor_app/static/js/watch/dwell.js';
import { ids, POLICY, scene } from './scenes.js';

/**
 * Run a scene whose stretches may end in `true`: a body is in view then, as the object detector tells once a second, late.
 * @returns {any[]} the last message of each observation, times in seconds
 */
function withBodies(stretches, everySeconds = 1) {
  const readings = scene(stretches.map(([seconds, what]) => [seconds, what]));
  const first = readings[0].at;
  const bodies = [];
  let start = 0;
  for (const [seconds, , hasBody] of stretches) {
    for (let t = Math.ceil(start / everySeconds) * everySeconds; t < start + seconds; t += everySeconds) bodies.push({ at: first + t * 1000, people: hasBody ? 1 : 0 });
    start += seconds;
  }
  const newId = ids();
  const told = new Map();
  let state = dwell.START;
  for (const reading of readings) {
    while (bodies.length && bodies[0].at + 400 <= reading.at) state = dwell.sawPeople(state, bodies.shift());
    const result = dwell.step(state, reading, POLICY, newId);
    state = result.state;
    for (const one of result.observations) told.set(one.id, one);
  }
  const seconds = (at) => (at === null ? null : Math.round((at - first) / 10) / 100);
  return [...told.values()].map((one) => ({ ...one, started_at: seconds(one.started_at), ended_at: seconds(one.ended_at) }));
}

const names = (found) => found.map(({ kind, reason, started_at: from, ended_at: to }) => `${reason ?? kind} ${from}-${to ?? '…'}`);
const present = [20, 'candidate', true];
const back = [10, 'candidate', true];

describe('a body in view without a face', () => {
  test('is a face not visible for as long as it lasts, never an absence', () => {
    const [only, ...others] = withBodies([present, [25, 'nobody', true], back]);
    assert.deepEqual(others, []);
    assert.deepEqual(names([only]), ['face_not_visible 20-45']);
    assert.equal(only.detail.body_in_view, true);
  });

  test('that was lost while turned away is still looking away', () => {
    const found = withBodies([present, [0.6, 'right', true], [12, 'nobody', true], back]);
    assert.deepEqual(names(found), ['looking_away 20-32.6']);
    assert.equal(found[0].detail.direction, 'right');
  });

  test('keeps a look aside going for longer than an absence takes', () => {
    assert.deepEqual(names(withBodies([present, [6, 'right', true], [20, 'nobody', true], back])), ['looking_away 20-46']);
  });

  test('is seen on a slow computer too, which looks every four seconds', () => {
    assert.deepEqual(names(withBodies([present, [0.6, 'right', true], [14, 'nobody', true], back], 4)), ['looking_away 20-34.6']);
    assert.deepEqual(names(withBodies([present, [25, 'nobody', true], back], 4)), ['face_not_visible 20-45']);
  });

  test('a few looks in which the detector missed it do not make an absence', () => {
    const missed = Array.from({ length: 6 }, () => [[3, 'nobody', true], [2, 'nobody', false]]).flat();
    assert.deepEqual(names(withBodies([present, ...missed, back])), ['face_not_visible 20-50']);
  });
});

describe('nobody in view', () => {
  test('is an absence as ever', () => {
    const [only] = withBodies([present, [15, 'nobody', false], back]);
    assert.deepEqual(names([only]), ['absence 20-35']);
    assert.equal(only.detail.body_in_view, undefined);
  });

  test('who turned first and then left is absent since they left', () => {
    const found = withBodies([present, [6, 'right', true], [3, 'nobody', true], [14, 'nobody', false], back]);
    assert.deepEqual(found.map(({ kind, reason }) => reason ?? kind), ['looking_away', 'absence']);
    const [, absence] = found;
    assert.ok(Math.abs(absence.started_at - 29) <= 1, `from ${absence.started_at}`);
    assert.equal(absence.ended_at, 43);
  });

  test('a body seen on its way out does not delay it beyond what an absence takes', () => {
    const [only] = withBodies([present, [1, 'nobody', true], [11, 'nobody', false], back]);
    assert.deepEqual(names([only]), ['absence 20-32']);
  });
});
