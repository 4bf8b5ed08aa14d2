/**
 * From what the face model returns to a reading: how many faces, how the first one's head is turned, whether it is
 * whole in the picture. Pure. It uses places and angles of the face only; nothing that tells a person's expression.
 *
 * Angles are degrees, from the candidate's point of view, 0 when the head faces the camera:
 *   yaw    positive: turned to the candidate's right (left in the picture, which is not mirrored here)
 *   pitch  positive: raised
 *   roll   positive: tilted towards the candidate's right shoulder
 */

import { eyesOf, mouthOf } from './gaze.js';

/** @typedef {{x: number, y: number, z?: number}} Landmark shares of the picture, from its top left */
/** @typedef {import('./picture.js').Box} Box */
/** @typedef {import('./picture.js').Picture} Picture */
/** @typedef {import('./gaze.js').Eyes} Eyes */
/** @typedef {import('./gaze.js').Size} Size */
/** @typedef {{yaw: number, pitch: number, roll: number}} Pose */
/** @typedef {Pose & {box: Box, outside: number, eyes: Eyes|null, mouth: number}} Face `outside`: the share of its landmarks beyond the picture's edge */

/**
 * One frame, read.
 * @typedef {Object} Reading
 * @property {number} at when the frame was taken, ms
 * @property {number} faces
 * @property {number|null} yaw of the largest face; null without one
 * @property {number|null} pitch
 * @property {number|null} roll
 * @property {number|null} gaze_x where the irises are between the corners of the eyes, as in gaze.js; null where not measurable
 * @property {number|null} gaze_y
 * @property {number|null} eyes_apart how much further out one iris lies than the other
 * @property {number|null} eyes_open the gap between the lids, as a share of the eye's width
 * @property {number|null} mouth the gap between the lips, as a share of the face's height
 * @property {number|null} face_width its share of the picture's width
 * @property {Box|null} face_box
 * @property {boolean} cut_off the picture's edge cuts off so much of it that its angles mean little
 * @property {number|null} face_luma
 * @property {number} luma
 * @property {number} contrast
 * @property {number} sharpness
 * @property {number} noise
 * @property {number|null} change
 * @property {number} print
 */

// The model finds no real face narrower than about 8 % of the picture: what it calls one is a pattern.
const LEAST_WIDTH = 0.05;
// Two boxes that share this much of their area, or of the smaller one's, are one face found twice.
const SAME_FACE_IOU = 0.35;
const SAME_FACE_INSIDE = 0.7;
// A forehead above the edge is how many people sit; with more than this outside, eyes or mouth are missing.
const CUT_OFF_SHARE = 0.25;

/**
 * @param {Landmark[]} landmarks
 * @param {ArrayLike<number>} matrix the face's pose: 4 × 4, column by column
 * @param {Size} size
 * @returns {Face}
 */
export function face(landmarks, matrix, size) {
  return {
    ...poseOf(matrix),
    ...placeOf(landmarks),
    eyes: eyesOf(landmarks, matrix, size),
    mouth: mouthOf(landmarks, size),
  };
}

/**
 * The camera looks along −z with y up; the face's own z points out of the nose.
 * @param {ArrayLike<number>} m
 * @returns {Pose}
 */
export function poseOf(m) {
  return {
    yaw: degrees(Math.atan2(-m[8], m[10])),
    pitch: degrees(Math.atan2(m[9], Math.hypot(m[8], m[10]))),
    roll: degrees(Math.atan2(m[1], m[0])),
  };
}

/** @param {number} radians */
function degrees(radians) {
  return (radians * 180) / Math.PI;
}

/** @param {Landmark[]} landmarks @returns {{box: Box, outside: number}} */
function placeOf(landmarks) {
  let left = Infinity;
  let top = Infinity;
  let right = -Infinity;
  let bottom = -Infinity;
  let outside = 0;
  for (const { x, y } of landmarks) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
    if (x < 0 || x > 1 || y < 0 || y > 1) outside += 1;
  }
  return { box: { x: left, y: top, width: right - left, height: bottom - top }, outside: outside / landmarks.length };
}

/**
 * The faces that are people's, the largest first: no specks, and no face twice.
 * @param {Face[]} found
 * @returns {Face[]}
 */
export function distinct(found) {
  const bySize = found.filter(({ box }) => box.width >= LEAST_WIDTH).sort((a, b) => area(b.box) - area(a.box));
  /** @type {Face[]} */
  const kept = [];
  for (const one of bySize) {
    if (!kept.some((other) => isSame(other.box, one.box))) kept.push(one);
  }
  return kept;
}

/** @param {Box} larger @param {Box} smaller */
function isSame(larger, smaller) {
  const width = Math.min(larger.x + larger.width, smaller.x + smaller.width) - Math.max(larger.x, smaller.x);
  const height = Math.min(larger.y + larger.height, smaller.y + smaller.height) - Math.max(larger.y, smaller.y);
  const shared = Math.max(0, width) * Math.max(0, height);
  const iou = shared / (area(larger) + area(smaller) - shared);
  return iou >= SAME_FACE_IOU || shared / area(smaller) >= SAME_FACE_INSIDE;
}

/** @param {Box} box */
function area(box) {
  return box.width * box.height;
}

/**
 * @param {number} at
 * @param {Face[]} found as the model returned them
 * @param {Picture} picture
 * @param {(box: Box) => number|null} lumaIn the brightness inside a box
 * @returns {Reading}
 */
export function reading(at, found, picture, lumaIn) {
  const faces = distinct(found);
  const first = faces[0] ?? null;
  return {
    at,
    faces: faces.length,
    yaw: first && first.yaw,
    pitch: first && first.pitch,
    roll: first && first.roll,
    gaze_x: first?.eyes?.x ?? null,
    gaze_y: first?.eyes?.y ?? null,
    eyes_apart: first?.eyes?.apart ?? null,
    eyes_open: first?.eyes?.open ?? null,
    mouth: first && first.mouth,
    face_width: first && first.box.width,
    face_box: first && first.box,
    cut_off: first !== null && first.outside > CUT_OFF_SHARE,
    face_luma: first && lumaIn(first.box),
    ...picture,
  };
}
