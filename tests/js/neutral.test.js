import assert from 'node:assert/strict';
import { test } from 'node:test';
import { learn, UNKNOWN } from '../../proctor_app/static/js/watch/neutral.js';

/** Learn from poses, five a second. Returns the pose and after how many seconds it was known. */
function learned(poses) {
  let neutral = UNKNOWN;
  for (const [index, { yaw, pitch }] of poses.entries()) {
    neutral = learn(neutral, { at: index * 200, yaw, pitch });
    if (neutral.pose) return { ...neutral.pose, seconds: index / 5 };
  }
  return null;
}

const still = (count, yaw, pitch) => Array.from({ length: count }, (_, i) => ({ yaw: yaw + (i % 3) - 1, pitch }));

test('is known after three seconds of sitting still', () => {
  assert.deepEqual(learned(still(30, 8, -12)), { yaw: 8, pitch: -12, seconds: 3 });
});

test('a glance meanwhile does not move it', () => {
  const { yaw } = learned([...still(6, 3, 0), ...still(4, 45, 0), ...still(30, 3, 0)]);
  assert.ok(Math.abs(yaw - 3) <= 1);
});

test('moving about delays it, but not for ever', () => {
  const restless = Array.from({ length: 80 }, (_, i) => ({ yaw: (i % 10) * 6 - 30, pitch: 0 }));
  const { yaw, seconds } = learned(restless);
  assert.equal(seconds, 10);
  assert.ok(Math.abs(yaw) <= 6);
});

test('looking aside all the time is not taken for the screen', () => {
  const { yaw, pitch } = learned(still(80, 60, -50));
  assert.deepEqual([yaw, pitch], [20, -25]);
});

test('does not follow the head afterwards', () => {
  const known = { ...UNKNOWN, startedAt: 0, pose: { yaw: 1, pitch: 2 } };
  assert.equal(learn(known, { at: 9000, yaw: 40, pitch: 0 }), known);
});
