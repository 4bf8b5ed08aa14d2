import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as dwell from '../../proctor_app/static/js/watch/dwell.js';
import { ids, incidents, lines, POLICY, scene } from './scenes.js';

/** Like `incidents`, with a calibration. */
function calibratedIncidents(readings, calibration) {
  const newId = ids();
  const told = new Map();
  let state = dwell.startWith(calibration);
  for (const reading of readings) {
    const { state: next, observations } = dwell.step(state, reading, POLICY, newId);
    state = next;
    for (const one of observations) told.set(one.id, one.reason ?? one.kind);
  }
  return [...told.values()];
}

const CALIBRATION = {
  pose: { yaw: 2, pitch: -4 },
  gaze: { x: 0.02, y: 0.11 },
  reach: { left: 15, right: 15, up: 8, down: 8 },
  notes_side: null,
  made_at: 0,
};

describe('the eyes alone', () => {
  for (const [show, direction, least] of [['eyesRight', 'right', 20], ['eyesLeft', 'left', 20], ['eyesUp', 'up', 20]]) {
    test(`${direction}: looking away, though the head is still`, () => {
      const [only, ...others] = incidents(scene([[20, 'candidate'], [7, show], [10, 'candidate']]));
      assert.deepEqual(others, []);
      assert.deepEqual([only.reason, only.started_at, only.ended_at], ['looking_away', 20, 27]);
      assert.deepEqual([only.detail.by, only.detail.direction], ['eyes', direction]);
      assert.ok(only.detail.degrees >= least && only.detail.degrees % 5 === 0, 'as coarsely as it is known');
      assert.ok(only.confidence <= 0.8);
    });
  }

  test('a glance is not reported', () => {
    assert.deepEqual(lines(scene([[20, 'candidate'], [4.6, 'eyesRight'], [10, 'candidate']])), []);
  });

  test('reading across a laptop’s screen is not away', () => {
    const lines_ = Array.from({ length: 20 }, () => [[1.5, { gaze_x: -0.15 }], [1.5, { gaze_x: 0.2 }]]).flat();
    assert.deepEqual(lines(scene([[20, 'candidate'], ...lines_])), []);
    assert.deepEqual(lines(scene([[20, 'candidate'], [30, { gaze_x: -0.19 }], [30, { gaze_x: 0.22 }]])), []);
  });

  test('who begins at one side of the screen may look at the other', () => {
    assert.deepEqual(lines(scene([[20, { gaze_x: -0.14 }], [30, { gaze_x: 0.14 }]])), []);
    assert.deepEqual(lines(scene([[20, { gaze_x: 0.14 }], [30, { gaze_x: -0.14 }]])), []);
  });

  test('a camera at the side of the screen: looks are measured from where the screen is', () => {
    const aside = { yaw: 12, gaze_x: 0.16 };
    assert.deepEqual(lines(scene([[20, aside], [20, { yaw: 12, gaze_x: 0.3 }], [20, { yaw: 12, gaze_x: 0 }]])), []);
    assert.deepEqual(lines(scene([[20, aside], [8, { yaw: 12, gaze_x: -0.25 }], [5, aside]])), ['focus_loss/looking_away 20-28']);
  });

  test('looking down is not judged: everybody’s keyboard is there', () => {
    assert.deepEqual(lines(scene([[20, 'candidate'], [30, 'eyesDown'], [10, 'candidate']])), []);
  });

  test('a head that turns while the eyes stay on the screen is not away', () => {
    // The head turns 18 degrees to the right and the irises move as far to the left in their eyes.
    assert.deepEqual(lines(scene([[20, 'candidate'], [20, { yaw: 20, gaze_x: -0.08 }]])), []);
  });

  test('head and eyes each turn a part of the way', () => {
    const [only] = incidents(scene([[20, 'candidate'], [8, { yaw: 20, gaze_x: 0.25 }], [10, 'candidate']]));
    assert.deepEqual([only.reason, only.detail.by], ['looking_away', 'eyes']);
  });

  test('a look aside goes on while the head follows, as one', () => {
    const aside = [[3, 'eyesRight'], [4, { yaw: 40, gaze_x: null, gaze_y: null, eyes_apart: null }]];
    assert.deepEqual(lines(scene([[20, 'candidate'], ...aside, [10, 'candidate']])), ['focus_loss/looking_away 20-27']);
  });
});

describe('eyes that do not say', () => {
  test('closed for long: nothing', () => {
    assert.deepEqual(lines(scene([[20, 'candidate'], [30, 'eyesClosed'], [10, 'candidate']])), []);
  });

  test('closed half, as in a slow blink: nothing, wherever the irises seem to be', () => {
    const droopy = { eyes_open: 0.15, gaze_x: 0.4 };
    assert.deepEqual(lines(scene([[20, 'candidate'], [20, droopy], [10, 'candidate']])), []);
  });

  test('a blink in between neither ends a look aside nor adds to it', () => {
    const blinks = [[2.4, 'eyesRight'], [0.4, 'eyesClosed'], [2.4, 'eyesRight'], [0.4, 'eyesClosed'], [2.4, 'eyesRight']];
    assert.deepEqual(lines(scene([[20, 'candidate'], ...blinks, [10, 'candidate']])), ['focus_loss/looking_away 20-28']);
    const short = [[2.2, 'eyesRight'], [0.4, 'eyesClosed'], [2.2, 'eyesRight']];
    assert.deepEqual(lines(scene([[20, 'candidate'], ...short, [10, 'candidate']])), []);
  });

  test('a look aside ends when the eyes were last measured', () => {
    assert.deepEqual(lines(scene([[20, 'candidate'], [7, 'eyesRight'], [20, 'eyesClosed']])), ['focus_loss/looking_away 20-26.8']);
  });

  test('that disagree: a reflection was taken for one', () => {
    assert.deepEqual(lines(scene([[20, 'candidate'], [20, { gaze_x: 0.35, eyes_apart: 0.6 }]])), []);
  });

  test('that jump about from the beginning', () => {
    const jumpy = Array.from({ length: 100 }, (_, i) => [0.2, { gaze_x: [-0.4, 0.3, 0, 0.45, -0.2][i % 5] }]);
    assert.deepEqual(lines(scene([...jumpy, [10, 'eyesRight']])), []);
  });

  test('that are never measured leave the head to be judged', () => {
    const blank = { gaze_x: null, gaze_y: null, eyes_apart: null };
    assert.deepEqual(lines(scene([[20, blank], [8, { ...blank, yaw: 40 }], [10, blank]])), ['focus_loss/looking_away 20-28']);
  });
});

describe('a calibration', () => {
  test('is known from the first look', () => {
    assert.deepEqual(calibratedIncidents(scene([[7, 'right'], [10, 'candidate']]), CALIBRATION), ['looking_away']);
    assert.deepEqual(calibratedIncidents(scene([[7, 'eyesLeft'], [10, 'candidate']]), CALIBRATION), ['looking_away']);
  });

  test('of a wide screen widens what counts as the screen', () => {
    const wide = { ...CALIBRATION, reach: { left: 32, right: 32, up: 12, down: 12 } };
    assert.deepEqual(calibratedIncidents(scene([[10, 'candidate'], [20, 'eyesRight'], [20, { gaze_x: 0.42 }], [20, { yaw: 30 }]]), wide), []);
    assert.deepEqual(calibratedIncidents(scene([[10, 'candidate'], [20, { gaze_x: 0.5 }]]), wide), ['looking_away']);
  });

  test('of a wide screen by the head alone lets it go to the corners', () => {
    const byHead = { ...CALIBRATION, gaze: null, reach: { left: 30, right: 30, up: 12, down: 12 } };
    assert.deepEqual(calibratedIncidents(scene([[10, 'candidate'], [20, { yaw: 32, pitch: 5 }]]), byHead), []);
    assert.deepEqual(calibratedIncidents(scene([[10, 'candidate'], [20, { yaw: 42 }]]), byHead), ['looking_away']);
  });

  test('that could not follow the eyes leaves them unjudged', () => {
    const blind = { ...CALIBRATION, gaze: null };
    assert.deepEqual(calibratedIncidents(scene([[10, 'candidate'], [20, 'eyesRight']]), blind), []);
    assert.deepEqual(calibratedIncidents(scene([[10, 'candidate'], [20, 'right']]), blind), ['looking_away']);
  });

  for (const [side, head, others] of [
    ['right', 'right', ['left', 'down', 'up', 'eyesLeft']],
    ['left', 'left', ['right', 'down', 'up', 'eyesRight']],
    ['down', 'down', ['left', 'right', 'up', 'eyesRight']],
  ]) {
    test(`with notes ${side}: looks there are not away, others are`, () => {
      const withNotes = { ...CALIBRATION, notes_side: side };
      assert.deepEqual(calibratedIncidents(scene([[10, 'candidate'], [30, head], [10, 'candidate']]), withNotes), []);
      for (const other of others) {
        assert.deepEqual(calibratedIncidents(scene([[10, 'candidate'], [8, other], [10, 'candidate']]), withNotes), ['looking_away']);
      }
    });
  }

  test('a face lost while it turned to the notes is missed only after the time for an absence', () => {
    const withNotes = { ...CALIBRATION, notes_side: 'right' };
    const turned = (seconds) => scene([[10, 'candidate'], [2, 'right'], [seconds, 'nobody'], [10, 'candidate']]);
    assert.deepEqual(calibratedIncidents(turned(8), withNotes), []);
    assert.deepEqual(calibratedIncidents(turned(14), withNotes), ['absence']);
  });
});
