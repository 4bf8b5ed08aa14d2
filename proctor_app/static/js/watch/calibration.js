/**
 * Calibration: a candidate looks at the middle and the corners of their page, and what was read meanwhile becomes what their
 * looks are measured against. Pure: time comes in with the readings.
 *
 *   let run = begin(at);
 *   run = step(run, reading);                   // again and again; `run.target` says where the candidate should look now
 *   if (run.problem) …                          // why it ended early
 *   else if (!run.target) const { calibration, problem } = calibrated(run, notesSide, at);
 */

import { directionOf } from './gaze.js';
import { inBounds, median, spread } from './neutral.js';

/** @typedef {import('./neutral.js').Angles} Angles */
/** @typedef {'left'|'right'|'down'} NotesSide */
/** @typedef {'centre'|'top_left'|'top_right'|'bottom_right'|'bottom_left'} Target */
/** @typedef {'no_face'|'several_faces'|'restless'|'not_followed'} Problem */
/** @typedef {{left: number, right: number, up: number, down: number}} Reach */
/** @typedef {{yaw: number, pitch: number, gaze_x: number|null, gaze_y: number|null}} Look */
/**
 * What is kept of it. Sides are the candidate's own.
 * @typedef {Object} Calibration
 * @property {Angles} pose of the head at the middle of the screen
 * @property {{x: number, y: number}|null} gaze of the eyes there, as in gaze.js; null where they could not be measured
 * @property {Reach} reach degrees of gaze from the middle to the furthest corner on each side
 * @property {NotesSide|null} notes_side where the candidate says that their notes are
 * @property {number} made_at ms
 */
/**
 * @typedef {Object} Run
 * @property {Target|null} target null when it is over
 * @property {number} since when the candidate was asked to look there
 * @property {Partial<Record<Target, Look[]>>} looks
 * @property {Problem|null} problem
 */

/** In the order in which they are asked for: each corner is next to the one before. @type {readonly Target[]} */
export const TARGETS = Object.freeze(['centre', 'top_left', 'top_right', 'bottom_right', 'bottom_left']);

// The eyes need 0.2 s to set off for a target and a head that follows about 0.7 s more; what is read before is on the way.
const SETTLE_MS = 1000;
const LOOK_MS = 2000;
// On a slow computer a target is shown for longer, up to this.
const GIVE_UP_MS = 6000;
const LEAST_LOOKS = 4;
const STILL_DEGREES = 5;
// Who follows the dots in a window of half a laptop's screen looks across at least 10 degrees. Less than this, half of the
// webcam's own error at each end, is no following: a reflection was taken for the irises, or the dots were not looked at.
const LEAST_SPAN = 5;
// A wide screen (80 cm, seen from 60 cm) reaches this far to each side. What is beyond is not on a screen.
export const FURTHEST_REACH = Object.freeze({ left: 35, right: 35, up: 25, down: 25 });

/** @param {number} at @returns {Run} */
export function begin(at) {
  return { target: TARGETS[0], since: at, looks: {}, problem: null };
}

/**
 * @param {Run} run
 * @param {import('./face.js').Reading} reading
 * @returns {Run}
 */
export function step(run, reading) {
  const { target, since } = run;
  const passed = reading.at - since;
  if (!target || passed < SETTLE_MS) return run;
  const look = lookIn(reading);
  const looks = look ? [...(run.looks[target] ?? []), look] : (run.looks[target] ?? []);
  const next = { ...run, looks: { ...run.looks, [target]: looks } };
  if (passed < SETTLE_MS + LOOK_MS) return next;
  if (looks.length >= LEAST_LOOKS) return { ...next, target: TARGETS[TARGETS.indexOf(target) + 1] ?? null, since: reading.at };
  if (passed < GIVE_UP_MS) return next;
  return { ...next, target: null, problem: reading.faces > 1 ? 'several_faces' : 'no_face' };
}

/** @param {import('./face.js').Reading} reading @returns {Look|null} */
function lookIn({ faces, cut_off: isCutOff, yaw, pitch, gaze_x, gaze_y }) {
  return faces === 1 && !isCutOff && yaw !== null && pitch !== null ? { yaw, pitch, gaze_x, gaze_y } : null;
}

/**
 * @param {Run} run that is over without a problem
 * @param {NotesSide|null} notesSide
 * @param {number} at
 * @returns {{calibration: Calibration, problem: null}|{calibration: null, problem: Problem}}
 */
export function calibrated({ looks }, notesSide, at) {
  const [centre, ...corners] = TARGETS.map((target) => middle(looks[target] ?? []));
  const atCentre = looks.centre ?? [];
  const isStill = (/** @type {'yaw'|'pitch'} */ axis) => spread(atCentre.map((look) => look[axis])) <= STILL_DEGREES;
  if (!isStill('yaw') || !isStill('pitch')) return { calibration: null, problem: 'restless' };
  const turns = turnsTo(corners, centre, directionOf);
  if (turns && !isFollowing(turns)) return { calibration: null, problem: 'not_followed' };
  const gaze = turns && centre.gaze_x !== null && centre.gaze_y !== null ? { x: centre.gaze_x, y: centre.gaze_y } : null;
  const reach = reachOf(turns ?? turnsTo(corners, centre, (look) => look) ?? []);
  return { calibration: { pose: inBounds(centre), gaze, reach, notes_side: notesSide, made_at: at }, problem: null };
}

/** @param {Angles[]} turns to the corners */
function isFollowing([topLeft, topRight, bottomRight, bottomLeft]) {
  return (topRight.yaw + bottomRight.yaw - topLeft.yaw - bottomLeft.yaw) / 2 >= LEAST_SPAN;
}

/** @param {Look[]} looks @returns {Look} gaze null unless most looks have it */
function middle(looks) {
  const gazes = looks.filter(({ gaze_x: x, gaze_y: y }) => x !== null && y !== null);
  const isMeasured = gazes.length > looks.length / 2;
  const of = (/** @type {Look[]} */ some, /** @type {keyof Look} */ key) => median(some.map((look) => Number(look[key])));
  return {
    yaw: of(looks, 'yaw'),
    pitch: of(looks, 'pitch'),
    gaze_x: isMeasured ? of(gazes, 'gaze_x') : null,
    gaze_y: isMeasured ? of(gazes, 'gaze_y') : null,
  };
}

/**
 * How far each corner is from the centre; null where one of them is not known.
 * @param {Look[]} corners
 * @param {Look} centre
 * @param {(look: Look) => Angles|null} angles
 * @returns {Angles[]|null}
 */
function turnsTo(corners, centre, angles) {
  const from = angles(centre);
  const turns = corners.map(angles).map((to) => from && to && { yaw: to.yaw - from.yaw, pitch: to.pitch - from.pitch });
  return turns.every((turn) => turn !== null) ? turns : null;
}

/** @param {Angles[]} turns @returns {Reach} */
function reachOf(turns) {
  const furthest = (/** @type {(turn: Angles) => number} */ along, /** @type {number} */ most) =>
    Math.round(Math.min(most, Math.max(0, ...turns.map(along))));
  return {
    left: furthest(({ yaw }) => -yaw, FURTHEST_REACH.left),
    right: furthest(({ yaw }) => yaw, FURTHEST_REACH.right),
    up: furthest(({ pitch }) => pitch, FURTHEST_REACH.up),
    down: furthest(({ pitch }) => -pitch, FURTHEST_REACH.down),
  };
}
