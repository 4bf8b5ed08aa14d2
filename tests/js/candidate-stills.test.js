import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStills } from '../../proctor_app/static/js/candidate/stills.js';

const opened = (id, changes) => ({ id, kind: 'absence', reason: null, started_at: 1, ended_at: null, confidence: 1, detail: {}, ...changes });
const stored = Promise.resolve();

function setUp({ evidence = 'still', jpeg = new ArrayBuffer(2) } = {}) {
  const policy = { thresholds: {}, evidence };
  const told = { taken: [], kept: [], shown: [] };
  const stills = createStills({
    policy: () => policy,
    async take(style) {
      told.taken.push(style);
      return jpeg;
    },
    keep: async (still) => void told.kept.push(still),
    show: (id) => told.shown.push(id),
    now: () => 1234.6,
  });
  return { stills, policy, ...told };
}

test('one still when an incident opens, none when it changes or closes', async () => {
  const { stills, taken, kept, shown } = setUp({ evidence: 'line_art' });
  await stills.observed(opened('a', { kind: 'focus_loss', reason: 'face_not_visible' }), stored);
  await stills.observed(opened('a'), stored);
  await stills.observed(opened('a', { ended_at: 9 }), stored);
  assert.deepEqual(taken, ['line_art']);
  assert.deepEqual(kept.map(({ observation, at }) => [observation, at]), [['a', 1235]]);
  assert.deepEqual(shown, ['a']);
});

test('none where the policy has none, at that moment', async () => {
  const { stills, policy, taken } = setUp({ evidence: 'off' });
  await stills.observed(opened('a'), stored);
  policy.evidence = 'still';
  await stills.observed(opened('a', { kind: 'absence' }), stored);
  assert.deepEqual(taken, [], 'what opened without one gets none later');
  await stills.observed(opened('b'), stored);
  assert.deepEqual(taken, ['still']);
});

test('none of what the camera did not see', async () => {
  const { stills, taken } = setUp();
  await stills.observed(opened('a', { kind: 'focus_loss', reason: 'window_blur' }), stored);
  await stills.observed(opened('b', { kind: 'clipboard_paste', ended_at: 1 }), stored);
  assert.deepEqual(taken, []);
});

test('none is kept of an observation that could not be kept, and none when it cannot be made', async () => {
  const full = setUp();
  await assert.rejects(full.stills.observed(opened('a'), Promise.reject(new Error('full'))));
  assert.deepEqual(full.kept, []);
  const blind = setUp({ jpeg: null });
  await blind.stills.observed(opened('a'), stored);
  assert.deepEqual([blind.kept, blind.shown], [[], []]);
});
