/**
 * What a still shows: which incidents have one, where it is cut, and what of it stays sharp. Pure.
 *
 * MediaPipe's face package has no model that tells a person from the background, so what stays sharp is a shape around the
 * face: an ellipse for the head and a slope for the shoulders. Everything else is blurred, other people's faces too: they
 * were not asked. Lengths are pixels of the picture; the picture is not mirrored.
 */

/** @typedef {{x: number, y: number, width: number, height: number}} Box */
/** @typedef {{x: number, y: number, rx: number, ry: number}} Ellipse */
/** @typedef {{width: number, height: number}} Size */

/** The largest still. Enough to tell a head from an empty chair, too little to read what is on a wall. */
export const SIZE = Object.freeze({ width: 320, height: 240 });
export const MOST_BYTES = 40_000;
/** What is blurred is brought down to this many pixels across the whole picture: a face among it is a few pixels wide. */
export const BLURRED_WIDTH = 40;

// How far head and shoulders reach beyond the box around the face's landmarks, in widths and heights of that box. The
// landmarks end at the hairline: the head goes on above it by about a third of the face's height.
const SIDE = 1.1;
const ABOVE = 0.75;
const BELOW = 0.95;
const HEAD_WIDTH = 1.6;
const HEAD_HEIGHT = 1.6;
const HEAD_UP = 0.12;

// What the camera saw. A picture would show nothing of the rest. `evidence/rules.py` keeps the same list.
const PICTURED = new Set([
  'focus_loss',
  'absence',
  'multiple_faces',
  'camera_blocked',
  'camera_frozen',
  'camera_changed',
  'phone_visible',
  'book_visible',
]);

/** @param {{kind: string, reason?: string|null}} observation @returns {boolean} */
export function isPictured({ kind, reason }) {
  return PICTURED.has(kind) && reason !== 'window_blur';
}

/**
 * What else the still of an incident must show: the phone or book that was seen.
 * @param {string} kind
 * @param {{objects: {label: string, box: Box}[]}|null} look the last of the object detector
 * @returns {Box[]} shares of the picture
 */
export function thingsOf(kind, look) {
  return look?.objects.filter(({ label }) => `${label}_visible` === kind).map(({ box }) => box) ?? [];
}

/**
 * The part of the picture that holds the heads and shoulders of all faces, and all things, in the still's shape; the whole
 * without any face.
 * @param {Box[]} faces
 * @param {Size} picture
 * @param {Box[]} [things]
 * @returns {Box} inside the picture
 */
export function cut(faces, picture, things = []) {
  // Not spread: a canvas has no own properties.
  if (!faces.length) return { x: 0, y: 0, width: picture.width, height: picture.height };
  const left = Math.min(...faces.map(({ x, width }) => x - SIDE * width), ...things.map(({ x }) => x));
  const right = Math.max(...faces.map(({ x, width }) => x + (1 + SIDE) * width), ...things.map(({ x, width }) => x + width));
  const top = Math.min(...faces.map(({ y, height }) => y - ABOVE * height), ...things.map(({ y }) => y));
  const bottom = Math.max(
    ...faces.map(({ y, height }) => y + (1 + BELOW) * height),
    ...things.map(({ y, height }) => y + height),
  );
  const shape = SIZE.width / SIZE.height;
  const width = Math.min(picture.width, Math.max(right - left, (bottom - top) * shape));
  const height = Math.min(picture.height, Math.max(bottom - top, width / shape));
  return {
    x: Math.round(within((left + right - width) / 2, picture.width - width)),
    y: Math.round(within((top + bottom - height) / 2, picture.height - height)),
    width: Math.round(width),
    height: Math.round(height),
  };
}

/** @param {number} value @param {number} most @returns {number} */
function within(value, most) {
  return Math.min(most, Math.max(0, value));
}

/**
 * The size at which a part of the picture is kept: never larger than it is.
 * @param {Size} part
 * @returns {Size}
 */
export function keptSize({ width, height }) {
  const scale = Math.min(1, SIZE.width / width, SIZE.height / height);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/**
 * The head around a face, hair and ears included.
 * @param {Box} face
 * @returns {Ellipse}
 */
export function head({ x, y, width, height }) {
  return {
    x: x + width / 2,
    y: y + height / 2 - HEAD_UP * height,
    rx: (HEAD_WIDTH * width) / 2,
    ry: (HEAD_HEIGHT * height) / 2,
  };
}

/**
 * Neck and shoulders under a face, down to the picture's lower edge: corners from the left of the neck around.
 * @param {Box} face
 * @param {Size} picture
 * @returns {{x: number, y: number}[]}
 */
export function shoulders({ x, y, width, height }, picture) {
  const middle = x + width / 2;
  const chin = y + height;
  const points = [
    [-0.36, -0.2],
    [-0.42, 0.2],
    [-0.95, 0.45],
    [-1.3, 0.95],
  ].map(([across, down]) => ({ x: middle + across * width, y: chin + down * height }));
  const edge = Math.max(picture.height, chin + height);
  const left = [...points, { x: middle - 1.4 * width, y: edge }];
  return [...left, ...left.reverse().map((point) => ({ x: 2 * middle - point.x, y: point.y }))];
}
