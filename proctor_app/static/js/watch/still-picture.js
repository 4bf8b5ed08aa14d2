/**
 * Draws a still and encodes it. Runs in the vision worker, where the picture is, once for an incident.
 *
 *   const jpeg = await stillOf(picture, { faces, things }, style, lines);
 *
 * `picture` is copied before the first wait, so that the next frame may be drawn over it meanwhile.
 */

import { BLURRED_WIDTH, cut, head, keptSize, MOST_BYTES, shoulders } from './stills.js';

/** @typedef {import('./stills.js').Box} Box */
/** @typedef {import('./face.js').Landmark} Landmark */
/** @typedef {{start: number, end: number}} Line numbers of two landmarks */
/** @typedef {{box: Box, landmarks: Landmark[]}} Seen a face with its box as shares of the picture; the largest comes first */
/** @typedef {{faces: Seen[], things: Box[]}} Content `things`: boxes of what else must be seen, as shares of the picture */
/** @typedef {{mesh: Line[], outline: Line[], irises: Line[]}} Lines */

// The mask is drawn this much smaller and then enlarged, which makes its edge soft.
const SOFTNESS = 8;
const QUALITIES = [0.8, 0.6, 0.4, 0.2];
const PAPER = '#f6f4ef';
const FAINT = '#cfcabf';
const INK = '#26251f';
const ACCENT = '#0f5f59';

/**
 * @param {OffscreenCanvas} picture
 * @param {Content} content
 * @param {'still'|'line_art'} style
 * @param {Lines} lines
 * @returns {Promise<ArrayBuffer|null>} null when it does not get small enough
 */
export async function stillOf(picture, { faces, things }, style, lines) {
  const boxes = faces.map(({ box }) => inPixels(box, picture));
  const kept = things.map((box) => inPixels(box, picture));
  const part = cut(boxes, picture, kept);
  const made = context(keptSize(part));
  // From here on one unit is a pixel of the picture, and the part's corner is the origin.
  made.scale(made.canvas.width / part.width, made.canvas.height / part.height);
  made.translate(-part.x, -part.y);
  if (style === 'line_art') drawLines(made, faces, kept, picture, lines);
  else drawPicture(made, picture, boxes, kept);
  for (const quality of QUALITIES) {
    const blob = await made.canvas.convertToBlob({ type: 'image/jpeg', quality });
    if (blob.size <= MOST_BYTES) return blob.arrayBuffer();
  }
  return null;
}

/**
 * @param {OffscreenCanvasRenderingContext2D} made
 * @param {OffscreenCanvas} picture
 * @param {Box[]} boxes of faces
 * @param {Box[]} things
 */
function drawPicture(made, picture, boxes, things) {
  made.drawImage(blurred(picture), 0, 0, picture.width, picture.height);
  const [face, ...others] = boxes;
  if (!face && !things.length) return;
  const sharp = context(picture);
  sharp.drawImage(mask(face, others, things, picture), 0, 0, picture.width, picture.height);
  sharp.globalCompositeOperation = 'source-in';
  sharp.drawImage(picture, 0, 0);
  made.drawImage(sharp.canvas, 0, 0);
  // Where the detector saw another face: blurred, it might not be found.
  made.strokeStyle = PAPER;
  made.lineWidth = Math.max(2, picture.width / 240);
  for (const other of others) {
    ellipse(made, head(other));
    made.stroke();
  }
}

/**
 * So little of the picture that nothing can be made of it again, enlarged in steps so that it looks soft.
 * @param {OffscreenCanvas} picture
 */
function blurred(picture) {
  let copy = picture;
  let width = picture.width;
  while (width > BLURRED_WIDTH) copy = resized(copy, (width = Math.max(BLURRED_WIDTH, Math.round(width / 2))));
  while (width * 2 < picture.width) copy = resized(copy, (width *= 2));
  return copy;
}

/** @param {OffscreenCanvas} canvas @param {number} width */
function resized(canvas, width) {
  const height = Math.max(1, Math.round((canvas.height * width) / canvas.width));
  const drawn = context({ width, height });
  drawn.imageSmoothingQuality = 'high';
  drawn.drawImage(canvas, 0, 0, width, height);
  return drawn.canvas;
}

/**
 * White where the picture stays sharp.
 * @param {Box|undefined} face
 * @param {Box[]} others
 * @param {Box[]} things
 * @param {OffscreenCanvas} picture
 */
function mask(face, others, things, picture) {
  const size = { width: Math.ceil(picture.width / SOFTNESS), height: Math.ceil(picture.height / SOFTNESS) };
  const drawn = context(size);
  drawn.scale(size.width / picture.width, size.height / picture.height);
  drawn.fillStyle = '#fff';
  for (const { x, y, width, height } of things) drawn.fillRect(x, y, width, height);
  if (face) {
    ellipse(drawn, head(face));
    drawn.fill();
    drawn.beginPath();
    for (const { x, y } of shoulders(face, picture)) drawn.lineTo(x, y);
    drawn.fill();
  }
  drawn.globalCompositeOperation = 'destination-out';
  for (const other of others) {
    ellipse(drawn, head(other));
    drawn.fill();
  }
  return drawn.canvas;
}

/** @param {OffscreenCanvasRenderingContext2D} made @param {import('./stills.js').Ellipse} shape */
function ellipse(made, { x, y, rx, ry }) {
  made.beginPath();
  made.ellipse(x, y, rx, ry, 0, 0, 2 * Math.PI);
}

/**
 * The faces' landmarks as lines on paper. Without a face only the picture's edge is left.
 * @param {OffscreenCanvasRenderingContext2D} made
 * @param {Seen[]} faces
 * @param {Box[]} things
 * @param {OffscreenCanvas} picture
 * @param {Lines} lines
 */
function drawLines(made, faces, things, picture, { mesh, outline, irises }) {
  made.fillStyle = PAPER;
  made.fillRect(0, 0, picture.width, picture.height);
  const pixel = picture.width / made.canvas.width;
  made.strokeStyle = FAINT;
  made.lineWidth = 2 * pixel;
  made.strokeRect(0, 0, picture.width, picture.height);
  made.strokeStyle = ACCENT;
  for (const { x, y, width, height } of things) made.strokeRect(x, y, width, height);
  for (const { landmarks } of faces) {
    for (const [colour, width, drawn] of /** @type {[string, number, Line[]][]} */ ([
      [FAINT, 0.5, mesh],
      [INK, 1.4, outline],
      [ACCENT, 1.8, irises],
    ])) {
      made.strokeStyle = colour;
      made.lineWidth = width * pixel;
      made.beginPath();
      for (const { start, end } of drawn) {
        made.moveTo(landmarks[start].x * picture.width, landmarks[start].y * picture.height);
        made.lineTo(landmarks[end].x * picture.width, landmarks[end].y * picture.height);
      }
      made.stroke();
    }
  }
}

/** @param {Box} box as shares @param {import('./stills.js').Size} size @returns {Box} */
function inPixels({ x, y, width, height }, size) {
  return { x: x * size.width, y: y * size.height, width: width * size.width, height: height * size.height };
}

/** @param {import('./stills.js').Size} size @returns {OffscreenCanvasRenderingContext2D} */
function context({ width, height }) {
  const made = new OffscreenCanvas(width, height).getContext('2d');
  return /** @type {OffscreenCanvasRenderingContext2D} */ (made);
}
