/** The console writes times as the server does (tests/incidents/test_words.py has the same cases). */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { duration, offset } from '../../proctor_app/static/js/console/ticking.js';

test('durations of open incidents read as those of closed ones', () => {
  const cases = [[-1, '0 s'], [0, '0 s'], [0.5, '1 s'], [59.4, '59 s'], [59.5, '1 min 00 s'], [64, '1 min 04 s'], [3720, '1 h 02 min']];
  for (const [seconds, said] of cases) assert.equal(duration(seconds), said);
});

test('the clock reads as times into the interview do', () => {
  for (const [seconds, said] of [[-3, '00:00'], [724, '12:04'], [3724.9, '1:02:04']]) assert.equal(offset(seconds), said);
});
