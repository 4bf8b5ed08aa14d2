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
 * @property {number} open the gap between the lids, as a share of the eye's width
 */
/** @typedef {{x: number, y: number, open: number, width: number}} Eye `width` in pixels, as the picture shows it */

// Corners and lids of the candidate's right and left eye, and the middle of its iris, in the model's numbering.
const RIGHT = { corners: [33, 133], lids: [159, 145], iris: 468 };
const LEFT = { corners: [362, 263], lids: [386, 374], iris: 473 };
const LANDMARKS_WITH_IRISES = 478;

// Half a pixel of error in an iris is 4.6 degrees of gaze in an eye this wide: no more than webcam gaze errs by at its best
// (4 degrees: Semmelmann & Weigelt 2018). An iris is then 7 pixels wide.
const LEAST_WIDTH_PIXELS = 18;
// Below this the lids hide most of the iris, whoever's eyes they are. Blink detectors stop at 0.2 (Soukupova & Cech 2016), but that
// is how wide many people's eyes are when open; dwell.js compares with what is usual for this candidate.
const CLOSED = 0.1;
// Two eyes look the same way, to within a few degrees. Where they seem to differ by more than about 20 degrees, a reflection
// in the glasses, a strand of hair or the bridge of the nose was taken for an iris.
const MOST_APART = 0.25;

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
  if (!eyes.every(isMeasurable) || Math.hypot(right.x - left.x, right.y - left.y) > MOST_APART) return { x: null, y: null, open };
  return { x: (right.x + left.x) / 2, y: (right.y + left.y) / 2, open };
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
