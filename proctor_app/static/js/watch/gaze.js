/**
 * Where the eyes point, from the iris landmarks (468 to 477) between the corners of each eye. Pure: geometry of a few points,
 * nothing of an expression.
 *
 * `x` and `y` are how far the middle of the iris lies from the middle between the eye's corners, as the picture shows it, in
 * halves of the eye's own width: x positive to the candidate's right (left in the picture), y positive up. The width is
 * the one that the eye would have if the head faced the camera, so that a turned head does not make the offset larger.
 */

/** @typedef {import('./face.js').Landmark} Landmark */
/** @typedef {{width: number, height: number}} Size of the picture, in pixels */
/**
 * @typedef {Object} Eyes means of both
 * @property {number|null} x see above; null where it cannot be measured
 * @property {number|null} y
 * @property {number|null} apart how much further out the right iris lies than the left one, in the same unit: irises lie a little
 *   outwards of the middle, by how much differs between people
 * @property {number} open the gap between the lids, as a share of the eye's width
 */
/** @typedef {{x: number, y: number, open: number, width: number}} Eye `width` in pixels, as the picture shows it */

// Corners and lids of the candidate's right and left eye, and the middle of its iris, in the model's numbering.
const RIGHT = { corners: [33, 133], lids: [159, 145], iris: 468 };
const LEFT = { corners: [362, 263], lids: [386, 374], iris: 473 };
const LANDMARKS_WITH_IRISES = 478;
const RADIANS = Math.PI / 180;

// A usual eye, in millimetres: half of it from corner to corner, and from the middle of the eyeball to the plane of the iris and to
// the middle between the corners. All people's eyeballs are the same size within a few per cent (Bekerman et al. 2014).
const HALF_EYE = 14.5;
const TO_IRIS = 10;
const TO_CORNERS = 3;

// Half a pixel of error in an iris is 4.6 degrees of gaze in an eye this wide: no more than webcam gaze errs by at its best
// (4 degrees: Semmelmann & Weigelt 2018). An iris is then 7 pixels wide.
const LEAST_WIDTH_PIXELS = 18;
// Below this the lids hide most of the iris, whoever's eyes they are. Blink detectors stop at 0.2 (Soukupova & Cech 2016), but that
// is how wide many people's eyes are when open; dwell.js compares with what is usual for this candidate.
const CLOSED = 0.1;
// Two eyes look the same way. At rest both irises lie outwards of the middle between the corners, because the inner one holds the tear
// duct: by 0.05 to 0.2 each. Beyond these bounds a reflection, a strand of hair or the bridge of the nose was taken for an iris.
const LEAST_APART = -0.2;
const MOST_APART = 0.7;

/**
 * @param {Landmark[]} landmarks
 * @param {ArrayLike<number>} matrix the face's pose, as in face.js
 * @param {Size} size
 * @returns {Eyes|null} null where the model gave no irises
 */
export function eyesOf(landmarks, matrix, size) {
  if (landmarks.length < LANDMARKS_WITH_IRISES) return null;
  // How much of the line through both eyes is seen: less when the head is turned.
  const seen = Math.hypot(matrix[0], matrix[1]) / Math.hypot(matrix[0], matrix[1], matrix[2]);
  const eyes = [RIGHT, LEFT].map((parts) => eyeOf(landmarks, parts, size, seen));
  const [right, left] = eyes;
  const open = (right.open + left.open) / 2;
  const apart = right.x - left.x;
  if (!eyes.every(isMeasurable) || apart < LEAST_APART || apart > MOST_APART) return { x: null, y: null, apart: null, open };
  return { x: (right.x + left.x) / 2, y: (right.y + left.y) / 2, apart, open };
}

/**
 * @param {Landmark[]} landmarks
 * @param {typeof RIGHT} parts
 * @param {Size} size
 * @param {number} seen
 * @returns {Eye}
 */
function eyeOf(landmarks, { corners, lids, iris }, size, seen) {
  const at = (/** @type {number} */ index) => ({ x: landmarks[index].x * size.width, y: landmarks[index].y * size.height });
  const [one, other] = corners.map(at);
  const [upper, lower] = lids.map(at);
  const middle = at(iris);
  const width = Math.hypot(one.x - other.x, one.y - other.y);
  const half = width / 2 / seen;
  return {
    x: ((one.x + other.x) / 2 - middle.x) / half,
    y: ((one.y + other.y) / 2 - middle.y) / half,
    open: Math.hypot(upper.x - lower.x, upper.y - lower.y) / (width / seen),
    width,
  };
}

/** @param {Eye} eye */
function isMeasurable({ open, width }) {
  return width >= LEAST_WIDTH_PIXELS && open >= CLOSED;
}

/**
 * Where the eyes point, in degrees from the line to the camera, the head's turn included: an eyeball of the usual size has its
 * middle a little behind the corners, as seen along the head's own axis, and its iris on its surface.
 *
 * A head that turns while the eyes stay on the screen comes out as no change.
 * @param {{yaw: number, pitch: number, gaze_x: number|null, gaze_y: number|null}} reading
 * @returns {{yaw: number, pitch: number}|null} null where the irises were not measurable
 */
export function directionOf({ yaw, pitch, gaze_x: x, gaze_y: y }) {
  if (x === null || y === null) return null;
  const nose = { right: Math.sin(yaw * RADIANS) * Math.cos(pitch * RADIANS), up: Math.sin(pitch * RADIANS) };
  const right = (HALF_EYE * x + TO_CORNERS * nose.right) / TO_IRIS;
  const up = (HALF_EYE * y + TO_CORNERS * nose.up) / TO_IRIS;
  return { yaw: Math.asin(bounded(right)) / RADIANS, pitch: Math.asin(bounded(up)) / RADIANS };
}

/** @param {number} sine of an angle, as measured: errors may take it beyond 1 */
const bounded = (sine) => Math.max(-1, Math.min(1, sine));

/**
 * The gap between the lips, as a share of the face's height.
 * @param {Landmark[]} landmarks
 * @param {Size} size
 */
export function mouthOf(landmarks, size) {
  const [forehead, upperLip, lowerLip, chin] = [10, 13, 14, 152].map((index) => landmarks[index]);
  const between = (/** @type {Landmark} */ a, /** @type {Landmark} */ b) =>
    Math.hypot((a.x - b.x) * size.width, (a.y - b.y) * size.height);
  return between(upperLip, lowerLip) / between(forehead, chin);
}
