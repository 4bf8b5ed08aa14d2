/**
 * From what the object model returns to what was found in one picture. Pure.
 *
 * The model (SSDLite MobileNet v2, trained on COCO) gives 1,917 places and for each a score of 90 classes. Kept are the few
 * classes that are used here, each place once.
 */

/** @typedef {import('../picture.js').Box} Box shares of the picture, 0 to 1, from its top left */
/** @typedef {'person'|'tv'|'laptop'|'remote'|'phone'|'book'} Label */
/** @typedef {{label: Label, score: number, box: Box}} Found `score`: 0 to 1, how sure the model is */

const CLASSES = 90;
/** The model's numbers of the classes; those of COCO, less one. @type {[number, Label][]} */
const USED = [
  [0, 'person'],
  [71, 'tv'],
  [72, 'laptop'],
  [74, 'remote'],
  [76, 'phone'],
  [83, 'book'],
];
// Below this, the model is guessing: it says so of folds of clothes and of hands.
const LEAST_SCORE = 0.25;
// Two boxes of one class that share this much of their area are one thing found twice.
const SAME_IOU = 0.5;

/**
 * @param {ArrayLike<number>} scores by place and class
 * @param {ArrayLike<number>} boxes by place: top, left, bottom, right
 * @returns {Found[]} the surest first
 */
export function decode(scores, boxes) {
  /** @type {Found[]} */
  const candidates = [];
  for (let place = 0, at = 0; at < scores.length; place += 1, at += CLASSES) {
    for (const [index, label] of USED) {
      const score = scores[at + index];
      if (score >= LEAST_SCORE) candidates.push({ label, score, box: boxAt(boxes, place) });
    }
  }
  candidates.sort((a, b) => b.score - a.score);
  /** @type {Found[]} */
  const kept = [];
  for (const one of candidates) {
    if (!kept.some(({ label, box }) => label === one.label && iou(box, one.box) > SAME_IOU)) kept.push(one);
  }
  return kept;
}

/** @param {ArrayLike<number>} boxes @param {number} place @returns {Box} cut off at the picture's edges */
function boxAt(boxes, place) {
  const [top, left, bottom, right] = [0, 1, 2, 3].map((side) => Math.min(1, Math.max(0, boxes[place * 4 + side])));
  return { x: left, y: top, width: Math.max(0, right - left), height: Math.max(0, bottom - top) };
}

/** @param {Box} box */
export function area(box) {
  return box.width * box.height;
}

/** @param {Box} a @param {Box} b the area that both cover */
function shared(a, b) {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return Math.max(0, width) * Math.max(0, height);
}

/** @param {Box} a @param {Box} b what both cover, as a share of what either covers */
export function iou(a, b) {
  const both = shared(a, b);
  return both === 0 ? 0 : both / (area(a) + area(b) - both);
}

/** @param {Box} inner @param {Box} outer how much of `inner` lies in `outer`, 0 to 1 */
export function inside(inner, outer) {
  return area(inner) === 0 ? 0 : shared(inner, outer) / area(inner);
}
