import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eyesOf, mouthOf } from '../../proctor_app/static/js/watch/gaze.js';
import { FRONTAL, landmarksOf, SIZE } from './head.js';

const near = (actual, expected, within = 0.01) =>
  assert.ok(Math.abs(actual - expected) <= within, `${actual} is not ${expected}`);
const look = (changes) => {
  const { landmarks, matrix } = landmarksOf({ ...FRONTAL, ...changes });
  return eyesOf(landmarks, matrix, SIZE);
};

describe('irises', () => {
  test('in the middle are at nothing', () => {
    const { x, y } = look({});
    near(x, 0);
    near(y, 0);
  });

  test('to the candidate’s right are positive, which is left in the picture', () => {
    assert.ok(look({ eyeYaw: 25 }).x > 0.2);
    assert.ok(look({ eyeYaw: -25 }).x < -0.2);
    near(look({ eyeYaw: 25 }).y, 0);
  });

  test('raised are positive', () => {
    assert.ok(look({ eyePitch: 15 }).y > 0.1);
    assert.ok(look({ eyePitch: -15 }).y < -0.1);
  });

  test('lie outwards of the middle, and tell by how much', () => {
    near(look({}).apart, 0.276);
    near(look({ eyeYaw: 25 }).apart, 0.276);
  });

  test('say the same whatever the distance to the camera', () => {
    near(look({ eyeYaw: 20, pixelsPerMillimetre: 0.8 }).x, look({ eyeYaw: 20, pixelsPerMillimetre: 2.5 }).x);
  });

  test('are as far up in an eye that is seen from the side', () => {
    near(look({ yaw: 30, eyePitch: 15 }).y, look({ eyePitch: 15 }).y);
  });

  test('stay put when the head turns and the eyes stay on the screen', () => {
    // The middle of the corners itself moves a little, because it lies before the middle of the eyeball.
    near(look({ yaw: 15, eyeYaw: -15 }).x, 0, 0.1);
    assert.ok(look({ yaw: 15, eyeYaw: 10 }).x > 0.2);
  });
});

describe('irises that cannot be measured', () => {
  test('closed lids', () => {
    const { x, y, open } = look({ lidGap: 1.5 });
    assert.deepEqual([x, y], [null, null]);
    assert.ok(open < 0.1);
  });

  test('narrow eyes are open eyes', () => {
    const { x, open } = look({ lidGap: 4, eyeYaw: 20 });
    assert.ok(x > 0.15);
    near(open, 0.138, 0.01);
  });

  test('eyes of a few pixels', () => {
    assert.equal(look({ pixelsPerMillimetre: 0.5 }).x, null);
    assert.notEqual(look({ pixelsPerMillimetre: 1 }).x, null);
  });

  test('two eyes that seem to look apart: a reflection was taken for one', () => {
    assert.equal(look({ leftEyeYaw: -60 }).x, null);
  });

  test('a model without irises', () => {
    const { landmarks, matrix } = landmarksOf(FRONTAL);
    assert.equal(eyesOf(landmarks.slice(0, 468), matrix, SIZE), null);
  });
});

test('the mouth is a share of the face’s height, however near the face is', () => {
  const at = (pixelsPerMillimetre) => mouthOf(landmarksOf({ ...FRONTAL, mouthGap: 18, pixelsPerMillimetre }).landmarks, SIZE);
  near(at(1), 0.1);
  near(at(2), 0.1);
  near(mouthOf(landmarksOf({ ...FRONTAL, mouthGap: 0 }).landmarks, SIZE), 0);
});
