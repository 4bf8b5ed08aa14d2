import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runCalibration } from '../../proctor_app/static/js/checks/calibration.js';
import { begin, calibrated, step, TARGETS } from '../../proctor_app/static/js/watch/calibration.js';
import { face, reading } from '../../proctor_app/static/js/watch/face.js';
import { FRONTAL, landmarksOf, SIZE } from './head.js';

// Half a laptop's screen seen from 55 cm: its corners are 15 degrees to the side and 9 up or down.
const PLACES = {
  centre: { yaw: 0, pitch: 0 },
  top_left: { yaw: -15, pitch: 9 },
  top_right: { yaw: 15, pitch: 9 },
  bottom_right: { yaw: 15, pitch: -9 },
  bottom_left: { yaw: -15, pitch: -9 },
};
const BESIDE = { yaw: 4, pitch: -6 };

/** What the camera sees of somebody who looks at a place: the head does a share of the way, the eyes the rest. */
function seen(at, place, { headShare = 0.2, faces = 1, ...head } = {}) {
  const [turn, look] = [headShare, 1 - headShare].map((part) => ({ yaw: place.yaw * part, pitch: place.pitch * part }));
  const shown = landmarksOf({
    ...FRONTAL, yaw: BESIDE.yaw + turn.yaw, pitch: BESIDE.pitch + turn.pitch, eyeYaw: look.yaw, eyePitch: look.pitch, ...head,
  });
  const found = face(shown.landmarks, shown.matrix, SIZE);
  return { ...reading(at, [found], { luma: 100, contrast: 40, sharpness: 5 }, () => 90), faces, cut_off: false };
}

/** Run it by a clock of its own. @returns {{run: any, seconds: number, shown: string[]}} */
async function run(read, everyMs = 200) {
  let at = 0;
  const shown = [];
  const done = await runCalibration({
    now: () => at,
    read: async () => read(at, shown.at(-1)),
    begin,
    step,
    show: (target) => shown.at(-1) !== target && shown.push(target),
    signal: new AbortController().signal,
    wait: async () => void (at += everyMs),
  });
  return { run: done, seconds: at / 1000, shown };
}

const measured = async (person, everyMs) => {
  const { run: done, ...rest } = await run((at, target) => seen(at, PLACES[target], person), everyMs);
  return { ...rest, ...(done.problem ? { problem: done.problem, calibration: null } : calibrated(done, null, 99)) };
};
const near = (actual, expected, within) => assert.ok(Math.abs(actual - expected) <= within, `${actual} is not near ${expected}`);

describe('somebody who follows the dots', () => {
  test('is asked for the centre and each corner, in 15 to 30 seconds', async () => {
    const { shown, seconds } = await measured();
    assert.deepEqual(shown, [...TARGETS]);
    assert.ok(seconds >= 15 && seconds <= 30, `${seconds} s`);
  });

  for (const headShare of [0, 0.2, 0.8]) {
    test(`has their neutral look and the reach of their screen, with ${headShare * 100} % of the way by the head`, async () => {
      const { calibration } = await measured({ headShare });
      near(calibration.pose.yaw, BESIDE.yaw, 0.5);
      near(calibration.pose.pitch, BESIDE.pitch, 0.5);
      assert.ok(calibration.gaze);
      near(calibration.reach.left, 15, 2);
      near(calibration.reach.right, 15, 2);
      near(calibration.reach.up, 9, 2);
      near(calibration.reach.down, 9, 2);
      assert.deepEqual([calibration.notes_side, calibration.made_at], [null, 99]);
    });
  }

  test('has it measured on a slow computer too, with more time for each dot', async () => {
    const { calibration, seconds } = await measured({}, 900);
    near(calibration.reach.left, 15, 2);
    assert.ok(seconds <= 30, `${seconds} s`);
  });

  test('with eyes too small to measure, has the head’s part of it', async () => {
    const { calibration } = await measured({ pixelsPerMillimetre: 0.55, headShare: 0.8 });
    assert.equal(calibration.gaze, null);
    near(calibration.reach.right, 12, 2);
  });
});

describe('says what went wrong', () => {
  test('nobody there', async () => {
    const { problem, seconds } = await measured({ faces: 0 });
    assert.equal(problem, 'no_face');
    assert.ok(seconds <= 8, `${seconds} s`);
  });

  test('somebody beside them', async () => {
    assert.equal((await measured({ faces: 2 })).problem, 'several_faces');
  });

  test('the dots were not looked at', async () => {
    const { run: done } = await run((at) => seen(at, PLACES.centre));
    assert.deepEqual(calibrated(done, null, 0), { calibration: null, problem: 'not_followed' });
  });

  test('a head that was never still', async () => {
    const { run: done } = await run((at, target) => seen(at, PLACES[target], { yaw: ((at / 200) % 5) * 8 - 16 }));
    assert.equal(calibrated(done, null, 0).problem, 'restless');
  });
});

test('nothing is taken over from somebody who stares far off the screen', async () => {
  const far = (at, target) => seen(at, { yaw: PLACES[target].yaw * 4, pitch: PLACES[target].pitch }, { headShare: 0.6 });
  const { calibration } = calibrated((await run(far)).run, null, 0);
  assert.ok(calibration.reach.left <= 35 && calibration.reach.right <= 35);
});

test('can be stopped', async () => {
  const stopping = new AbortController();
  const nothing = await runCalibration({
    now: () => 0,
    read: async () => (stopping.abort(), seen(0, PLACES.centre)),
    begin,
    step,
    show: () => {},
    signal: stopping.signal,
    wait: async () => {},
  });
  assert.equal(nothing, null);
});
