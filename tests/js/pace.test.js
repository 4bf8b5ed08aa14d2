import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aim, fps, paced, START } from '../../proctor_app/static/js/watch/pace.js';

/** Frames that cost `ms` each for `seconds`, at the pace's own rate. */
function run(ms, seconds, pace = START) {
  let at = 0;
  while (at < seconds * 1000) {
    at += Math.max(pace.slotMs, ms);
    pace = paced(pace, at, ms);
  }
  return { pace, at };
}

test('a fast computer is asked for five frames a second', () => {
  const { pace, at } = run(35, 10);
  assert.equal(pace.slotMs, 200);
  assert.ok(Math.abs(fps(pace, at) - 5) < 0.3, String(fps(pace, at)));
});

test('a slow one for as many as leave it time for the call', () => {
  const { pace, at } = run(420, 20);
  assert.equal(Math.round(pace.slotMs), 600);
  assert.ok(Math.abs(fps(pace, at) - 1000 / 600) < 0.3);
  assert.equal(Math.round(pace.frameMs), 420);
  assert.deepEqual([pace.targetFps, pace.slowedBy], [5, 'busy']);
});

test('the policy may ask for 2 to 10', () => {
  for (const [asked, given] of [[1, 2], [2, 2], [7, 7], [10, 10], [30, 10], [undefined, 5]]) {
    const { pace, at } = run(35, 10, aim(START, asked));
    assert.ok(Math.abs(fps(pace, at) - given) < 0.5, `${asked}: ${fps(pace, at)}`);
    assert.deepEqual([pace.targetFps, pace.slowedBy], [given, null]);
  }
});

test('with a low battery it is two, and says why; charged again, as many as before', () => {
  const low = run(35, 10, aim(START, 8, true));
  assert.ok(Math.abs(fps(low.pace, low.at) - 2) < 0.3);
  assert.equal(low.pace.slowedBy, 'battery');
  assert.equal(run(900, 20, aim(START, 8, true)).pace.slowedBy, 'busy');
  const full = aim(low.pace, 8, false);
  assert.deepEqual([full.slotMs, full.slowedBy], [125, null]);
  assert.equal(aim(START, 2, true).slowedBy, null);
});

test('one slow frame hardly matters', () => {
  const { pace, at } = run(35, 10);
  assert.equal(paced(pace, at + 500, 500).slotMs, 200);
});

test('nothing read for a while is no frames a second', () => {
  const { pace, at } = run(35, 10);
  assert.equal(fps(pace, at + 10_000), 0);
  assert.equal(fps(START, 5), 0);
});
