import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as page from '../../proctor_app/static/js/watch/page.js';
import { ids, POLICY } from './scenes.js';

const FRONT = { hidden: false, focused: true, paused: false };
const HIDDEN = { hidden: true, focused: false, paused: false };
const BLURRED = { hidden: false, focused: false, paused: false };
const PAUSED = { hidden: false, focused: false, paused: true };

/** Run looks ([ms, what]) through the page's detector. */
function run(looks, policy = POLICY) {
  const newId = ids();
  let state = page.START;
  const told = [];
  for (const [at, what] of looks) {
    const result = page.step(state, { at, ...what }, policy, newId);
    state = result.state;
    told.push(...result.observations.map((one) => ({ ...one, told: at })));
  }
  return { told, state };
}

function brief(told) {
  return told.map(({ started_at: from, ended_at: to, detail }) => [from, to, detail.page]);
}

test('a page in front is never reported', () => {
  assert.deepEqual(run([[0, FRONT], [5000, FRONT], [60000, FRONT]]).told, []);
});

test('a page behind another tab counts after two seconds, from the moment it was hidden', () => {
  const { told } = run([[0, FRONT], [1000, HIDDEN], [2000, HIDDEN], [3000, HIDDEN], [9000, FRONT], [10000, FRONT], [11000, FRONT]]);
  assert.deepEqual(brief(told), [[1000, null, 'hidden'], [1000, 9000, 'hidden']]);
  assert.equal(told[0].told, 3000);
  assert.equal(told[0].id, told[1].id);
  assert.deepEqual([told[0].kind, told[0].reason], ['focus_loss', 'window_blur']);
});

test('a window without focus counts the same', () => {
  const { told } = run([[0, FRONT], [1000, BLURRED], [1500, BLURRED], [3200, BLURRED], [5000, FRONT], [7100, FRONT]]);
  assert.deepEqual(brief(told), [[1000, null, 'without focus'], [1000, 5000, 'without focus']]);
});

test('a popup that takes the focus for a moment does not count', () => {
  assert.deepEqual(run([[0, FRONT], [1000, BLURRED], [2900, FRONT], [9000, FRONT]]).told, []);
});

test('a page that was asleep all the while is reported when it wakes, with the right times', () => {
  const { told } = run([[0, FRONT], [1000, HIDDEN], [61000, FRONT], [62000, FRONT], [63500, FRONT]]);
  assert.deepEqual(brief(told), [[1000, null, 'hidden'], [1000, 61000, 'hidden']]);
});

test('coming back for less than two seconds is one incident', () => {
  const { told } = run([
    [0, FRONT], [1000, BLURRED], [4000, BLURRED], [5000, FRONT], [6500, FRONT], [6800, BLURRED], [9000, BLURRED],
    [10000, FRONT], [12500, FRONT],
  ]);
  assert.deepEqual(brief(told), [[1000, null, 'without focus'], [1000, 10000, 'without focus']]);
});

test('the page’s own prompts and file dialogs never count', () => {
  const { told } = run([[0, FRONT], [1000, PAUSED], [20000, PAUSED], [21000, FRONT], [30000, FRONT]]);
  assert.deepEqual(told, []);
});

test('a prompt ends what was open before it', () => {
  const { told } = run([[0, FRONT], [1000, BLURRED], [4000, BLURRED], [5000, PAUSED], [9000, FRONT], [12000, FRONT]]);
  assert.deepEqual(brief(told), [[1000, null, 'without focus'], [1000, 5000, 'without focus']]);
});

test('what is open is closed when the watch stops', () => {
  const { state } = run([[0, FRONT], [1000, HIDDEN], [4000, HIDDEN]]);
  const { observations } = page.closeAll(state, 6000);
  assert.deepEqual(brief(observations), [[1000, 6000, 'hidden']]);
});

test('the threshold is the policy’s', () => {
  const policy = { thresholds: { window_blur: 10 } };
  assert.deepEqual(run([[0, FRONT], [1000, HIDDEN], [9000, FRONT], [20000, FRONT]], policy).told, []);
});
