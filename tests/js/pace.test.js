import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fps, paced, START } from '../../proctor_app/static/js/watch/pace.js';

/** Frames that cost `ms` each for `seconds`, at the pace's own rate. */
function run(ms, seconds) {
  let pace = START;
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
