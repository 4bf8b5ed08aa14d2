/**
 * How many people a picture shows, told over time. Pure.
 *
 * The model also finds people on posters, photographs and screens. Those do not move. A person counts once something
 * inside their box has changed from one look to the next, more than the rest of the picture did (a camera that is pushed, a
 * lamp that is switched on), and by more than noise and compression do. Whoever counts goes on to count while they are
 * found about where they were and, but for the largest, move now and then, as everybody alive does: nobody is to be called absent
 * for sitting still. Only what no other person's box covers is compared: who walks past a poster does not make it move.
 *
 * Not told apart: a reflection in a mirror, and a film on a screen whose frame the model does not find.
 */

import { HEIGHT, WIDTH } from '../picture.js';
import { area, inside, iou } from './found.js';

/** @typedef {import('./found.js').Box} Box */
/** @typedef {import('./found.js').Found} Found */
/**
 * Somebody, found about here.
 * @typedef {Object} Track
 * @property {Box} box
 * @property {number} at when they were found last
 * @property {number} moves how often they moved lately
 * @property {number|null} movedAt when they moved last, once that was often enough
 */
/** @typedef {{tracks: Track[], luma: Float32Array|null}} State `luma`: the small copy of the picture looked at last */
/** @typedef {{state: State, boxes: Box[]}} Result `boxes`: one for each person, the largest first */

/** @type {Readonly<State>} */
export const START = Object.freeze({ tracks: [], luma: null });

// Of the person who fills most of the picture it is enough to be likely there: nobody is absent by mistake. The faintest of
// 60 portraits scored 0.68, the clips' faintest picture of a sitting man 0.55, empty rooms and furniture nothing above 0.25.
const FIRST_SCORE = 0.45;
// Second persons in the clips scored 0.59 to 0.68, and 0.50 to 0.53 where half of one is out of view; in 612 clip pictures of one
// person nothing else came to 0.35. Of the photos, a backrest had 0.52 and a framed portrait 0.59, neither of which moves.
const OTHER_SCORE = 0.5;
// An arm or a head within somebody's box is mostly their own; these scored up to 0.51.
const INSIDE = 0.7;
const INSIDE_SCORE = 0.7;
// A person of whom this much lies on a screen is shown by it.
const ON_SCREEN = 0.7;
const SCREEN_SCORE = 0.3;

// Mean change (of 255) from one look to the next, see `change`. Of sitting people in the clips half of the looks show 1.2 to 20, of the
// background around them 0.2 to 0.6, and one in ten 0.3 to 2.3.
const MOVES = 1.2;
const MOVES_MUCH = 4;
const MORE_THAN_REST = 1.5;
// Noise moves a poster once in a hundred looks, but not three times in a few: each still look takes back a part of a move.
const MOVES_NEEDED = 3;
// What changes everything (a lens uncovered, another camera) says of nobody that they moved.
const CUT = 6;
const STILL = 0.25;
const STILL_AT_MOST_MS = 20_000;
// A box that is covered so far by others' shows too little of its own.
const LEAST_CELLS = 12;
const SAME_PERSON_IOU = 0.3;
const LOST_MS = 3500;

/**
 * @param {State} before
 * @param {Found[]} found
 * @param {Float32Array} luma the small copy of the picture, `WIDTH` by `HEIGHT`
 * @param {number} at
 * @returns {Result}
 */
export function count(before, found, luma, at) {
  const bodies = distinct(found);
  const known = before.tracks.filter((track) => at - track.at <= LOST_MS);
  /** @type {Track[]} */
  const tracks = [];
  const areas = [...bodies, ...known.map(({ box }) => box)];
  const rest = change(before.luma, luma, { x: 0, y: 0, width: 1, height: 1 }, areas) ?? 0;
  for (const box of bodies) {
    const track = take(known, box);
    const others = areas.filter((other) => other !== box && other !== track?.box);
    const moved = change(before.luma, luma, box, others) ?? 0;
    const isMove = moved >= MOVES && moved >= rest * MORE_THAN_REST && rest < CUT;
    tracks.push(followed(track, box, isMove ? (moved >= MOVES_MUCH ? MOVES_NEEDED : 1) : -STILL, at));
  }
  const boxes = tracks
    .filter(({ movedAt }, index) => movedAt !== null && (index === 0 || at - movedAt <= STILL_AT_MOST_MS))
    .map(({ box }) => box);
  return { state: { tracks: [...tracks, ...known], luma }, boxes };
}

/** @param {Track[]} known @param {Box} box @returns {Track|null} the one that was found about there, taken out of `known` */
function take(known, box) {
  const [nearest] = [...known].sort((a, b) => iou(b.box, box) - iou(a.box, box));
  if (!nearest || iou(nearest.box, box) < SAME_PERSON_IOU) return null;
  known.splice(known.indexOf(nearest), 1);
  return nearest;
}

/** @param {Track|null} track @param {Box} box @param {number} moves @param {number} at @returns {Track} */
function followed(track, box, moves, at) {
  const lately = Math.min(MOVES_NEEDED, Math.max(0, (track?.moves ?? 0) + moves));
  const hasMoved = moves > 0 && (lately >= MOVES_NEEDED || (track?.movedAt ?? null) !== null);
  return { box, at, moves: lately, movedAt: hasMoved ? at : (track?.movedAt ?? null) };
}

/**
 * Each body once, the largest first; none that a screen shows.
 * @param {Found[]} found
 * @returns {Box[]}
 */
export function distinct(found) {
  const screens = found.filter(({ label, score }) => (label === 'tv' || label === 'laptop') && score >= SCREEN_SCORE);
  const people = found
    .filter(({ label, score }) => label === 'person' && score >= FIRST_SCORE)
    .sort((a, b) => area(b.box) - area(a.box));
  /** @type {Box[]} */
  const kept = [];
  for (const { box, score } of people) {
    const isShown = screens.some((screen) => inside(box, screen.box) >= ON_SCREEN);
    const isPart = score < INSIDE_SCORE && kept.some((other) => inside(box, other) >= INSIDE);
    if (!isShown && !isPart && (kept.length === 0 || score >= OTHER_SCORE)) kept.push(box);
  }
  return kept;
}

/**
 * How much the picture changed inside `box`, beyond what became lighter, darker or richer in contrast as a whole: a lamp or
 * the camera's exposure is no movement.
 * @param {Float32Array|null} before
 * @param {Float32Array} now
 * @param {Box} box
 * @param {Box[]} others whose boxes are left out
 * @returns {number|null} mean absolute change, of 255; null where too little is left to compare
 */
export function change(before, now, box, others) {
  if (!before) return null;
  /** @type {number[]} */
  const cells = [];
  for (let cell = 0; cell < now.length; cell += 1) {
    const [x, y] = [((cell % WIDTH) + 0.5) / WIDTH, (Math.floor(cell / WIDTH) + 0.5) / HEIGHT];
    if (covers(box, x, y) && !others.some((other) => covers(other, x, y))) cells.push(cell);
  }
  if (cells.length < LEAST_CELLS) return null;
  const mean = (/** @type {(cell: number) => number} */ value) => cells.reduce((sum, cell) => sum + value(cell), 0) / cells.length;
  const [was, is] = [mean((cell) => before[cell]), mean((cell) => now[cell])];
  const variance = mean((cell) => (before[cell] - was) ** 2);
  const slope = variance < 1 ? 1 : mean((cell) => (before[cell] - was) * (now[cell] - is)) / variance;
  return mean((cell) => Math.abs(now[cell] - is - slope * (before[cell] - was)));
}

/** @param {Box} box @param {number} x @param {number} y */
function covers(box, x, y) {
  return x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
}
