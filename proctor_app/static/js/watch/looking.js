/**
 * Whether the candidate looks off their screen, by the turn of the head or by the eyes alone. Pure; time is dwell.js's part.
 *
 * Everything is measured against the candidate's own neutral look, calibrated or learned. The head is judged by its turn
 * alone. The eyes are judged by where they point (gaze.js), to the sides and up. What they do below is not judged: the lids
 * follow them down over the irises, and everybody's keyboard is there.
 *
 * Eyes that are closed, that say two things, or that could not be measured steadily from the beginning are not judged at all.
 */

import { AWAY, facing } from './evidence.js';
import { directionOf } from './gaze.js';
import { learn, UNKNOWN } from './neutral.js';

/** @typedef {import('./evidence.js').Turn} Turn */
/** @typedef {import('./calibration.js').Calibration} Calibration */
/** @typedef {Pick<import('./face.js').Reading, 'at'|'yaw'|'pitch'|'gaze_x'|'gaze_y'|'eyes_apart'|'eyes_open'>} Reading */
/** @typedef {{left: number, right: number, up: number}} Limits degrees of gaze from neutral, as half axes of an ellipse */
/**
 * @typedef {Object} Looking
 * @property {import('./neutral.js').Neutral} neutral
 * @property {Turn|null} turn how far the head was turned when it was last seen
 * @property {Turn|null} towards where the candidate looked then, away from the screen: the head's turn, or the gaze; null at the screen
 * @property {'head'|'eyes'|null} by which of them said so
 * @property {boolean} isToNotes whether that is where their notes are, as was agreed: then it is not away
 * @property {boolean|null} isAway null: it is not known yet, or this reading does not say
 * @property {number|null} eyesAt when the eyes were last measured
 * @property {number|null} lostAt where this reading gave up a look aside of eyes that cannot be measured any more: when they last were
 */

/** @type {Readonly<Looking>} */
export const START = Object.freeze({
  neutral: UNKNOWN,
  turn: null,
  towards: null,
  by: null,
  isToNotes: false,
  isAway: null,
  eyesAt: null,
  lostAt: null,
});

// The edge of the widest laptop screens (38 cm, from 58 cm) is 18 degrees from their middle; webcam gaze errs by 4 degrees at best
// (Semmelmann & Weigelt 2018). Above, the screen ends 12 degrees from its middle, and the lids make an iris less certain.
const GAZE_LIMIT = { left: 22, right: 22, up: 20 };
// Beyond the corners that a calibration reached: two and a half times that error.
const MARGIN = 10;
// Once away, a look is back when it is within this share of the limit, so that one at the limit does not flicker.
const BACK = 0.8;
// Less open than this share of what is usual is a blink, or a look so far down that the lids hide the irises.
const CLOSED_SHARE = 0.6;
// Both eyes turn together. A change of their distance by more than this, 20 degrees of one eye alone, is no look.
const MOST_APART_CHANGE = 0.25;
// A blink takes 0.3 s, a long one under a second. Eyes that cannot be measured for longer say nothing any more.
const EYES_LOST_MS = 1500;

/**
 * Take in one reading of one whole face.
 * @param {Looking} before
 * @param {Reading} reading
 * @param {Calibration|null} calibration
 * @returns {Looking}
 */
export function lookAt(before, reading, calibration) {
  const { at, yaw, pitch } = reading;
  if (yaw === null || pitch === null) return { ...before, isAway: null, lostAt: null };
  // Where a calibration could not follow the eyes, neither can this.
  const gaze = !calibration || calibration.gaze ? gazeIn(before.neutral, { ...reading, yaw, pitch }) : null;
  const known = calibration ? given(before.neutral, calibration) : before.neutral;
  const neutral = learn(known, { at, yaw, pitch, gaze });
  const next = { ...before, neutral, eyesAt: gaze ? at : before.eyesAt, lostAt: null };
  if (!neutral.pose) return { ...next, isAway: null };
  const turn = from(neutral.pose, { yaw, pitch });
  const least = before.towards ? BACK : 1;
  if (headShare(turn, calibration) >= least) return judged({ ...next, turn }, turn, 'head', calibration);
  if (!gaze || !neutral.gaze) return unjudged({ ...next, turn }, at);
  const look = from(neutral.gaze, gaze);
  if (gazeShare(look, limitsOf(calibration)) >= least) return judged({ ...next, turn }, look, 'eyes', calibration);
  return { ...next, turn, towards: null, by: null, isToNotes: false, isAway: false };
}

/** After a time in which nothing was seen: where the candidate looked before says nothing any more. @param {Looking} before @returns {Looking} */
export function forgotten(before) {
  return { ...before, turn: null, towards: null, by: null, isToNotes: false, isAway: null, eyesAt: null, lostAt: null };
}

/**
 * @param {Looking} looking
 * @param {Turn} towards
 * @param {'head'|'eyes'} by
 * @param {Calibration|null} calibration
 * @returns {Looking}
 */
function judged(looking, towards, by, calibration) {
  const isToNotes = calibration?.notes_side === facing(towards).direction;
  return { ...looking, towards, by, isToNotes, isAway: !isToNotes };
}

/**
 * The head is at the screen and the eyes do not say. While that is a blink, a look aside by the eyes may go on.
 * @param {Looking} looking
 * @param {number} at
 * @returns {Looking}
 */
function unjudged(looking, at) {
  const { by, eyesAt } = looking;
  if (by === 'eyes' && at - (eyesAt ?? at) < EYES_LOST_MS) return { ...looking, isAway: null };
  return { ...looking, towards: null, by: null, isToNotes: false, isAway: false, lostAt: by === 'eyes' ? eyesAt : null };
}

/**
 * @param {import('./neutral.js').Neutral} neutral
 * @param {Reading & {yaw: number, pitch: number}} reading
 * @returns {import('./neutral.js').Gaze|null} null where the eyes do not say
 */
function gazeIn({ usual }, reading) {
  const { at, eyes_apart: apart, eyes_open: open } = reading;
  const direction = directionOf(reading);
  if (!direction || apart === null || open === null) return null;
  const isOpen = open >= CLOSED_SHARE * (usual?.open ?? open);
  const isOne = Math.abs(apart - (usual?.apart ?? apart)) <= MOST_APART_CHANGE;
  return isOpen && isOne ? { at, ...direction, open, apart } : null;
}

/** @param {import('./neutral.js').Neutral} neutral @param {Calibration} calibration */
function given(neutral, { pose, gaze }) {
  if (neutral.pose === pose) return neutral;
  return { ...neutral, pose, gaze: gaze && directionOf({ ...pose, gaze_x: gaze.x, gaze_y: gaze.y }) };
}

/** @param {Turn} neutral @param {Turn} now @returns {Turn} */
function from(neutral, now) {
  return { yaw: now.yaw - neutral.yaw, pitch: now.pitch - neutral.pitch };
}

/**
 * How near the head's turn is to its limit, 1 at it. On a screen that reaches further than most, the head may go as far; where the
 * reach is the head's own, because the eyes were not measured, it may go a little further.
 * @param {Turn} turn
 * @param {Calibration|null} calibration
 */
function headShare({ yaw, pitch }, calibration) {
  const { left, right, up, down } = calibration?.reach ?? { left: 0, right: 0, up: 0, down: 0 };
  const more = calibration?.gaze ? 1 : 1 / BACK;
  const sideways = Math.max(AWAY.yaw, more * (yaw > 0 ? right : left));
  const upright = Math.max(AWAY.pitch, more * (pitch > 0 ? up : down));
  return Math.hypot(yaw / sideways, pitch / upright);
}

/** @param {Turn} look @param {Limits} limits */
function gazeShare({ yaw, pitch }, limits) {
  return Math.hypot(yaw / (yaw > 0 ? limits.right : limits.left), Math.max(0, pitch) / limits.up);
}

/** @param {Calibration|null} calibration @returns {Limits} */
function limitsOf(calibration) {
  if (!calibration) return GAZE_LIMIT;
  const { left, right, up } = calibration.reach;
  return {
    left: Math.max(GAZE_LIMIT.left, left + MARGIN),
    right: Math.max(GAZE_LIMIT.right, right + MARGIN),
    up: Math.max(GAZE_LIMIT.up, up + MARGIN),
  };
}
