/**
 * The candidate's own neutral look: how their head is turned, and where their eyes point, when they look at their screen. Pure.
 *
 * The head's is the median over the first seconds in which it was held still; a head that never holds still gets the
 * median of a longer time. A pose far from the camera's axis is not believed to be the screen: it is kept in bounds. The
 * eyes' is the median over a little longer, because eyes wander on a screen; eyes that cannot be measured steadily get none.
 * Or both come from a calibration. Neither follows afterwards: who reads the left of a wide screen for a while must not
 * find its right counted as aside.
 */

const LEARN_MS = 3000;
const GIVE_UP_MS = 10_000;
const LEAST_READINGS = 6;
const STILL_DEGREES = 5;
const FURTHEST = { yaw: 20, pitch: 25 };
const LEARN_GAZE_MS = 5000;
const LEAST_GAZES = 10;
// Half of the looks lie within this of their middle while somebody reads across a screen; with more, it is not the eyes that move.
const STEADY_DEGREES = 8;
// Somebody's first seconds may be spent at one side of their screen, and most cameras sit over its middle: what was learned is taken
// half of the way, and at most this far, towards the camera.
const MOST_TOWARDS_CAMERA = 5;

/** @typedef {{yaw: number, pitch: number}} Angles */
/** @typedef {{at: number, yaw: number, pitch: number}} Sample */
/** @typedef {Sample & {open: number, apart: number}} Gaze where the eyes point, and how the lids and irises are then, as in gaze.js */
/** @typedef {Sample & {gaze?: Gaze|null}} Look `gaze` where it could be measured */
/**
 * @typedef {Object} Neutral
 * @property {Sample[]} samples while the pose is learned
 * @property {number|null} startedAt
 * @property {Angles|null} pose of the head
 * @property {Gaze[]} gazes while the gaze is learned
 * @property {Angles|null} gaze of the eyes
 * @property {{open: number, apart: number}|null} usual how far the lids are open, and how far apart the irises lie
 */

/** @type {Readonly<Neutral>} */
export const UNKNOWN = Object.freeze({
  samples: [],
  startedAt: null,
  pose: null,
  gazes: [],
  gaze: null,
  usual: null,
});

/**
 * Take in one look at a whole face.
 * @param {Neutral} neutral
 * @param {Look} look
 * @returns {Neutral}
 */
export function learn(neutral, { at, yaw, pitch, gaze = null }) {
  const next = neutral.pose ? neutral : learnPose(neutral, { at, yaw, pitch });
  return next.usual || !gaze ? next : learnGaze(next, gaze);
}

/** @param {Neutral} neutral @param {Sample} sample @returns {Neutral} */
function learnPose(neutral, sample) {
  const startedAt = neutral.startedAt ?? sample.at;
  const samples = [...neutral.samples, sample];
  const recent = samples.filter(({ at }) => at >= sample.at - LEARN_MS);
  if (sample.at - startedAt >= GIVE_UP_MS) return { ...neutral, samples: [], startedAt, pose: inBounds(middle(samples)) };
  const isLong = sample.at - samples[0].at >= LEARN_MS && recent.length >= LEAST_READINGS;
  const pose = isLong ? middle(recent) : null;
  if (pose && isWithin(recent, STILL_DEGREES) && isPlausible(pose)) return { ...neutral, samples: [], startedAt, pose };
  return { ...neutral, samples, startedAt };
}

/** What is given of it already, by a calibration, stays. @param {Neutral} neutral @param {Gaze} sample @returns {Neutral} */
function learnGaze(neutral, sample) {
  const gazes = [...neutral.gazes, sample].filter(({ at }) => at >= sample.at - LEARN_GAZE_MS);
  const isLong = sample.at - neutral.gazes[0]?.at >= LEARN_GAZE_MS && gazes.length >= LEAST_GAZES;
  const learned = middle(gazes);
  if (!isLong || !isWithin(gazes, STEADY_DEGREES) || !isPlausible(learned)) return { ...neutral, gazes };
  const gaze = neutral.gaze ?? { ...learned, yaw: learned.yaw - within(learned.yaw / 2, -MOST_TOWARDS_CAMERA, MOST_TOWARDS_CAMERA) };
  const usual = { open: median(gazes.map(({ open }) => open)), apart: median(gazes.map(({ apart }) => apart)) };
  return { ...neutral, gazes: [], gaze, usual };
}

/** @param {Angles[]} samples @returns {Angles} */
function middle(samples) {
  return { yaw: median(samples.map(({ yaw }) => yaw)), pitch: median(samples.map(({ pitch }) => pitch)) };
}

/** @param {Angles[]} samples @param {number} degrees */
function isWithin(samples, degrees) {
  return spread(samples.map(({ yaw }) => yaw)) <= degrees && spread(samples.map(({ pitch }) => pitch)) <= degrees;
}

/** @param {Angles} angles */
function isPlausible(angles) {
  return Math.abs(angles.yaw) <= FURTHEST.yaw && Math.abs(angles.pitch) <= FURTHEST.pitch;
}

/** @param {Angles} pose @returns {Angles} */
export function inBounds({ yaw, pitch }) {
  return { yaw: within(yaw, -FURTHEST.yaw, FURTHEST.yaw), pitch: within(pitch, -FURTHEST.pitch, FURTHEST.pitch) };
}

/** @param {number} value @param {number} least @param {number} most */
function within(value, least, most) {
  return Math.max(least, Math.min(most, value));
}

/** @param {number[]} values @returns {number} how far half of them are from their median at most */
export function spread(values) {
  const from = median(values);
  return median(values.map((value) => Math.abs(value - from)));
}

/** @param {number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}
