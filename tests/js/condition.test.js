import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freeze, IDLE, look, settle } from '../../proctor_app/static/js/watch/condition.js';

/** Look at each moment of `looks` ([ms, isTrue|null]); returns what happened: ['opened 3000 since 0', 'closed at 5000']. */
function run(looks, threshold = 3000) {
  let condition = IDLE;
  const events = [];
  for (const [at, isTrue] of looks) {
    if (isTrue === null) {
      condition = freeze(condition);
      continue;
    }
    const step = look(condition, isTrue, at, threshold);
    condition = step.condition;
    if (step.closedAt !== null) events.push(`closed at ${step.closedAt}, told ${at}`);
    if (step.opened) events.push(`opened ${at} since ${condition.first.since}`);
  }
  return { events, condition };
}

/** A look each 200 ms from the first to the last moment. */
function looks(from, to, isTrue) {
  const all = [];
  for (let at = from; at <= to; at += 200) all.push([at, isTrue]);
  return all;
}

test('opens at the threshold, since the beginning; its end is told late and dated right', () => {
  const { events } = run([...looks(0, 4000, true), ...looks(4200, 8000, false)]);
  assert.deepEqual(events, ['opened 3000 since 0', 'closed at 4200, told 6200']);
});

test('a threshold of nothing opens at once', () => {
  assert.deepEqual(run([[100, true]], 0).events, ['opened 100 since 100']);
});

test('being true for part of the time only adds that part', () => {
  const half = [];
  for (let at = 0; at < 5600; at += 400) half.push([at, true], [at + 200, false]);
  const { events } = run(half);
  assert.deepEqual(events, []);
});

test('a second stretch within two seconds joins when it reaches the threshold too', () => {
  const { events } = run([
    ...looks(0, 4000, true), ...looks(4200, 5600, false), ...looks(5800, 10000, true), ...looks(10200, 13000, false),
  ]);
  assert.deepEqual(events, ['opened 3000 since 0', 'closed at 10200, told 12200']);
});

test('looks two seconds apart still end one stretch and begin the next', () => {
  const { events } = run([[0, true], [2000, true], [4000, true], [6000, false], [9000, true], [11000, true], [13000, true]]);
  assert.deepEqual(events, ['opened 4000 since 0', 'closed at 6000, told 9000', 'opened 13000 since 9000']);
});

test('frozen time is not counted', () => {
  const { events } = run([...looks(0, 2000, true), [2100, null], ...looks(3400, 5000, true)]);
  assert.deepEqual(events, ['opened 4400 since 0']);
});

test('settling ends what is open, no earlier than it began and no later than it was false', () => {
  const { condition } = run([...looks(0, 4000, true), [4200, false]]);
  assert.equal(settle(condition, 4300).closedAt, 4200);
  assert.equal(settle(condition, -50).closedAt, 0);
  assert.equal(settle(IDLE, 100).closedAt, null);
  const { condition: waiting } = run(looks(0, 2000, true));
  assert.equal(settle(waiting, 2100).closedAt, null);
});
