import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { distinct, face, poseOf, reading } from '../../proctor_app/static/js/watch/face.js';

const DEGREE = Math.PI / 180;
const PICTURE = { luma: 100, contrast: 40, sharpness: 5 };

/**
 * The matrix of a head turned by these angles, column by column, with y up and the camera looking along −z.
 * @param {{toPictureRight?: number, raised?: number, counterclockwise?: number}} turn degrees, as the picture shows them
 */
function matrix({ toPictureRight = 0, raised = 0, counterclockwise = 0 }) {
  const [a, b, c] = [toPictureRight * DEGREE, -raised * DEGREE, counterclockwise * DEGREE];
  const aboutY = [[Math.cos(a), 0, Math.sin(a)], [0, 1, 0], [-Math.sin(a), 0, Math.cos(a)]];
  const aboutX = [[1, 0, 0], [0, Math.cos(b), -Math.sin(b)], [0, Math.sin(b), Math.cos(b)]];
  const aboutZ = [[Math.cos(c), -Math.sin(c), 0], [Math.sin(c), Math.cos(c), 0], [0, 0, 1]];
  const m = times(aboutZ, times(aboutY, aboutX));
  return [m[0][0], m[1][0], m[2][0], 0, m[0][1], m[1][1], m[2][1], 0, m[0][2], m[1][2], m[2][2], 0, 3, -2, -50, 1];
}

function times(a, b) {
  return a.map((row) => b[0].map((_, column) => row.reduce((sum, value, k) => sum + value * b[k][column], 0)));
}

/** 478 landmarks spread over a box. */
function landmarks({ x, y, width, height }) {
  return Array.from({ length: 478 }, (_, index) => ({
    x: x + (width * (index % 22)) / 21,
    y: y + (height * Math.floor(index / 22)) / 21,
    z: 0,
  }));
}

const found = (box, turn = {}) => face(landmarks(box), matrix(turn), { width: 640, height: 480 });
const read = (faces) => reading(1000, faces, PICTURE, () => 90);

describe('pose', () => {
  const near = (actual, expected) => assert.ok(Math.abs(actual - expected) < 1e-9, `${actual} is not ${expected}`);

  test('is nothing when the head faces the camera', () => {
    const { yaw, pitch, roll } = poseOf(matrix({}));
    [yaw, pitch, roll].forEach((angle) => near(angle, 0));
  });

  test('yaw is positive to the candidate’s right, which is left in the picture', () => {
    near(poseOf(matrix({ toPictureRight: -30 })).yaw, 30);
    near(poseOf(matrix({ toPictureRight: 42 })).yaw, -42);
  });

  test('pitch is positive when the head is raised', () => {
    near(poseOf(matrix({ raised: 20 })).pitch, 20);
    near(poseOf(matrix({ raised: -35, toPictureRight: 20 })).pitch < -25 ? -1 : 0, -1);
  });

  test('roll is positive towards the candidate’s right shoulder', () => {
    near(poseOf(matrix({ counterclockwise: 15 })).roll, 15);
  });
});

describe('faces', () => {
  const main = { x: 0.35, y: 0.3, width: 0.25, height: 0.35 };

  test('none', () => {
    const { faces, yaw, face_box: box, cut_off: cutOff } = read([]);
    assert.deepEqual([faces, yaw, box, cutOff], [0, null, null, false]);
  });

  test('the largest one is the candidate', () => {
    const { faces, yaw, face_width: width } = read([
      found({ x: 0.05, y: 0.1, width: 0.1, height: 0.14 }, { toPictureRight: 40 }),
      found(main, { toPictureRight: -10 }),
    ]);
    assert.equal(faces, 2);
    assert.ok(Math.abs(width - 0.25) < 1e-9);
    assert.equal(Math.round(yaw), 10);
  });

  test('one face found twice is one', () => {
    const shifted = { ...main, x: main.x + 0.04, y: main.y + 0.03 };
    const inside = { x: 0.42, y: 0.4, width: 0.12, height: 0.16 };
    assert.equal(read([found(main), found(shifted), found(inside)]).faces, 1);
  });

  test('two heads close together are two', () => {
    const beside = { ...main, x: main.x + 0.2 };
    assert.equal(read([found(main), found(beside)]).faces, 2);
  });

  test('a speck is none', () => {
    assert.equal(distinct([found({ x: 0.8, y: 0.1, width: 0.03, height: 0.04 })]).length, 0);
  });

  test('cut off by the edge only when much of it is missing', () => {
    assert.equal(read([found({ ...main, y: -0.03 })]).cut_off, false);
    assert.equal(read([found({ ...main, x: -0.1 })]).cut_off, true);
    assert.equal(read([found({ ...main, y: 0.8 })]).cut_off, true);
  });
});
