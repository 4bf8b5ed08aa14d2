import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { changePolicy, closeAll, isUndecided, START, step, unseen } from '../../proctor_app/static/js/watch/objects/look.js';
import { joinSeveral } from '../../proctor_app/static/js/watch/objects/one-cause.js';

const POLICY = { thresholds: { phone_visible: 2, book_visible: 2, multiple_faces: 2 } };
const BOX = { x: 0.4, y: 0.5, width: 0.1, height: 0.1 };
const phone = (score, looksLike = 'phone') => ({ label: 'phone', looks_like: looksLike, score, box: BOX });
let ids = 0;
const newId = () => `id-${(ids += 1)}`;

/** Looks a second apart, each the phone's score (0: none) or a whole look. @returns {{told: object[], state: object}} */
function watched(looks, policy = POLICY, every = 1000) {
  let state = START;
  const told = [];
  looks.forEach((seen, index) => {
    const look = typeof seen === 'number' ? { people: 1, objects: seen ? [phone(seen)] : [] } : seen;
    const result = step(state, { at: 10_000 + index * every, boxes: [], people: 1, objects: [], ...look }, policy, newId);
    state = result.state;
    told.push(...result.observations);
  });
  return { told, state };
}

describe('a phone in view', () => {
  it('opens after its threshold, from halfway between the look that did not show it and the one that did', () => {
    const { told } = watched([0, 0, 0.6, 0.6, 0.6, 0.6]);
    assert.equal(told.length, 1);
    const [{ kind, reason, started_at: start, ended_at: end, detail, confidence }] = told;
    assert.deepEqual([kind, reason, start, end], ['phone_visible', null, 11_500, null]);
    assert.deepEqual(detail, { score: 0.6, looks_like: 'phone' });
    assert.equal(confidence, 0.6);
  });

  it('never counts for one wrong look, nor for one now and then', () => {
    const hour = Array.from({ length: 3600 }, (_, index) => (index % 4 === 0 ? 0.9 : 0));
    assert.deepEqual(watched(hour).told, []);
    assert.deepEqual(watched([0, 0.9, 0, 0, 0.9, 0.9, 0, 0]).told, []);
  });

  it('needs a sure look to open, and less to stay', () => {
    assert.deepEqual(watched([0.38, 0.38, 0.38, 0.38, 0.38, 0.38]).told, []);
    const { told } = watched([0, 0.6, 0.6, 0.6, 0.35, 0.35, 0.35, 0.35, 0.35]);
    assert.equal(told.length, 1);
    assert.equal(told[0].ended_at, null);
  });

  it('is one when it is missed for a look, and ends when it is gone', () => {
    const { told } = watched([0.6, 0.6, 0.6, 0, 0.6, 0.6, 0, 0, 0, 0, 0]);
    assert.deepEqual(told.map(({ ended_at: end }) => end), [null, 15_500]);
    assert.equal(told[0].id, told[1].id);
  });

  it('is not judged from a silence', () => {
    let { state, told } = watched([0, 0.6, 0.6, 0.6]);
    assert.equal(told.length, 1);
    const blind = unseen(state, 18_000);
    assert.equal(blind.observations[0].ended_at, 13_000);
    ({ state, told } = watched([0.6, 0.6], POLICY, 20_000));
    assert.deepEqual(told, []);
  });

  it('is looked for more often while it may yet count', () => {
    assert.equal(isUndecided(watched([0, 0]).state), false);
    assert.equal(isUndecided(watched([0, 0.6]).state), true);
  });
});

describe('the policy', () => {
  it('decides what is watched for, and ends what is open when it changes', () => {
    const off = { ...POLICY, detectors: ['book_visible'] };
    assert.deepEqual(watched([0.6, 0.6, 0.6, 0.6], off).told, []);
    const { state } = watched([0.6, 0.6, 0.6, 0.6]);
    const { observations } = changePolicy(state, POLICY, off, 13_200);
    assert.deepEqual(observations.map(({ kind, ended_at: end }) => [kind, end]), [['phone_visible', 13_000]]);
  });

  it('says how long', () => {
    const slow = { thresholds: { phone_visible: 5 } };
    assert.deepEqual(watched([0.6, 0.6, 0.6, 0.6], slow).told, []);
    assert.equal(watched([0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6], slow).told.length, 1);
  });

  it('leaves nothing open at the end', () => {
    const { state } = watched([0.6, 0.6, 0.6, 0.6]);
    assert.equal(closeAll(state, 20_000).observations[0].ended_at, 13_000);
  });
});

describe('a second body', () => {
  it('is several people, seen by their bodies', () => {
    const { told } = watched([{ people: 1 }, { people: 2 }, { people: 3 }, { people: 2 }]);
    assert.deepEqual(told.map(({ kind, detail }) => [kind, detail]), [
      ['multiple_faces', { people: 3, seen_by: 'body' }],
    ]);
  });

  it('and its face are one incident', () => {
    const told = [];
    const several = joinSeveral((observation) => told.push(observation));
    const [face, body] = [several('face'), several('body')];
    const make = (id, start, end, detail) => ({
      id, kind: 'multiple_faces', reason: null, started_at: start, ended_at: end, confidence: 1, detail,
    });
    body(make('b', 1000, null, { people: 2, seen_by: 'body' }));
    face(make('f', 3000, null, { faces: 2 }));
    body(make('b', 1000, 9000, { people: 2, seen_by: 'body' }));
    face(make('f', 3000, 8000, { faces: 2 }));
    assert.deepEqual(told.map(({ id, ended_at: end }) => [id, end]), [['b', null], ['b', 9000]]);
    assert.deepEqual(told[1].detail, { people: 2, seen_by: 'body', faces: 2 });
    face(make('g', 20_000, null, { faces: 2 }));
    face(make('g', 20_000, 25_000, { faces: 2 }));
    assert.deepEqual(told.slice(2).map(({ id, ended_at: end }) => [id, end]), [['g', null], ['g', 25_000]]);
  });

  it('is nothing to what else is seen', () => {
    const told = [];
    const several = joinSeveral((observation) => told.push(observation));
    const absence = { id: 'a', kind: 'absence', reason: null, started_at: 1, ended_at: null, confidence: 1, detail: {} };
    several('face')(absence);
    assert.deepEqual(told, [absence]);
  });
});
