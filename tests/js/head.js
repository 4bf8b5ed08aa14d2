/**
 * A head for tests, of the usual measures in millimetres, projected onto a picture: two eyeballs that turn, lids, lips. Seen
 * from far away (no perspective). Its parts are given x to the candidate's left, y up, z out of the nose.
 */

export const SIZE = { width: 640, height: 480 };
/** Faces the camera; angles in degrees, positive to the candidate's right and up. */
export const FRONTAL = { yaw: 0, pitch: 0, eyeYaw: 0, eyePitch: 0, lidGap: 9, mouthGap: 0, pixelsPerMillimetre: 1.1 };

const DEGREE = Math.PI / 180;
const HALF_EYE = 14.5;
const HALF_BETWEEN_EYES = 31.5;
// From the middle of the eyeball to the plane of the iris, and to the middle between the corners.
const TO_IRIS = 10;
// The inner corner holds the tear duct, so that an iris looking ahead lies this far outwards of the middle.
const OUTWARDS = 2;
const TO_CORNERS = 3;
const FACE_HEIGHT = 180;

/** @param {typeof FRONTAL & {leftEyeYaw?: number}} head */
export function landmarksOf(head) {
  const { yaw, pitch, eyeYaw, eyePitch, lidGap, mouthGap, pixelsPerMillimetre, leftEyeYaw = eyeYaw } = head;
  const { columns, matrix } = turned(yaw, pitch);
  const landmarks = Array.from({ length: 478 }, () => ({ x: 0.5, y: 0.5, z: 0 }));
  /** @param {number} index @param {[number, number, number]} place */
  const put = (index, place) => {
    const [x, y] = [0, 1].map((axis) => columns.reduce((sum, column, k) => sum + column[axis] * place[k], 0) * pixelsPerMillimetre);
    landmarks[index] = { x: 0.5 + x / SIZE.width, y: 0.5 - y / SIZE.height, z: 0 };
  };
  const sides = [
    { middle: -HALF_BETWEEN_EYES, outwards: -OUTWARDS, corners: [33, 133], lids: [159, 145], iris: 468, turn: eyeYaw },
    { middle: HALF_BETWEEN_EYES, outwards: OUTWARDS, corners: [362, 263], lids: [386, 374], iris: 473, turn: leftEyeYaw },
  ];
  for (const { middle, outwards, corners, lids, iris, turn } of sides) {
    put(corners[0], [middle - HALF_EYE, 0, TO_CORNERS]);
    put(corners[1], [middle + HALF_EYE, 0, TO_CORNERS]);
    put(lids[0], [middle, lidGap / 2, TO_CORNERS]);
    put(lids[1], [middle, -lidGap / 2, TO_CORNERS]);
    const [sideways, upwards] = [turn * DEGREE, eyePitch * DEGREE];
    put(iris, [
      middle + outwards - TO_IRIS * Math.sin(sideways) * Math.cos(upwards),
      TO_IRIS * Math.sin(upwards),
      TO_IRIS * Math.cos(sideways) * Math.cos(upwards),
    ]);
  }
  put(10, [0, FACE_HEIGHT / 2, 0]);
  put(152, [0, -FACE_HEIGHT / 2, 0]);
  put(13, [0, -50 + mouthGap / 2, 0]);
  put(14, [0, -50 - mouthGap / 2, 0]);
  return { landmarks, matrix };
}

/** The head's three axes in the camera's space, and the same as the model's matrix. @param {number} yaw @param {number} pitch */
function turned(yaw, pitch) {
  const [a, b] = [-yaw * DEGREE, -pitch * DEGREE];
  const columns = [
    [Math.cos(a), 0, -Math.sin(a)],
    [Math.sin(a) * Math.sin(b), Math.cos(b), Math.cos(a) * Math.sin(b)],
    [Math.sin(a) * Math.cos(b), -Math.sin(b), Math.cos(a) * Math.cos(b)],
  ];
  return { columns, matrix: [...columns.flatMap((column) => [...column, 0]), 0, 0, -50, 1] };
}
