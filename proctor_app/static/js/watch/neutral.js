/**
 * The candidate's own neutral pose: how their head is turned when they look at their screen. Pure.
 *
 * It is the median over the first seconds in which the head was held still. A head that never holds still gets the
 * median of a longer time. A pose far from the camera's axis is not believed to be the screen: it is kept in bounds.
 */

const LEARN_MS = 3000;
const GIVE_UP_MS = 10_000;
const LEAST_READINGS = 6;
const STILL_DEGREES = 5;
const FURTHEST = { yaw: 20, pitch: 25 };

/** @typedef {{yaw: number, pitch: number}} Angles */
/** @typedef {{at: number, yaw: number, pitch: number}} Sample */
/** @typedef {{samples: Sample[], startedAt: number|null, pose: Angles|null}} Neutral */

/** @type {Readonly<Neutral>} */
export const UNKNOWN = Object.freeze({ samples: [], startedAt: null, pose: null });

/**
 * Take in one look at a whole face.
 * @param {Neutral} neutral
 * @param {Sample} sample
 * @returns {Neutral}
 */
export function learn(neutral, sample) {
  if (neutral.pose) return neutral;
  const startedAt = neutral.startedAt ?? sample.at;
  const samples = [...neutral.samples, sample];
  const recent = samples.filter(({ at }) => at >= sample.at - LEARN_MS);
  if (sample.at - startedAt >= GIVE_UP_MS) return { samples: [], startedAt, pose: inBounds(middle(samples)) };
  const isLong = sample.at - samples[0].at >= LEARN_MS && recent.length >= LEAST_READINGS;
  const pose = isLong ? middle(recent) : null;
  if (pose && isStill(recent, pose) && isPlausible(pose)) return { samples: [], startedAt, pose };
  return { samples, startedAt, pose: null };
}

/** @param {Sample[]} samples @returns {Angles} */
function middle(samples) {
  return { yaw: median(samples.map(({ yaw }) => yaw)), pitch: median(samples.map(({ pitch }) => pitch)) };
}

/** @param {Sample[]} samples @param {Angles} pose */
function isStill(samples, pose) {
  const spread = (/** @type {'yaw'|'pitch'} */ axis) => median(samples.map((one) => Math.abs(one[axis] - pose[axis])));
  return spread('yaw') <= STILL_DEGREES && spread('pitch') <= STILL_DEGREES;
}

/** @param {Angles} pose */
function isPlausible(pose) {
  return Math.abs(pose.yaw) <= FURTHEST.yaw && Math.abs(pose.pitch) <= FURTHEST.pitch;
}

/** @param {Angles} pose @returns {Angles} */
function inBounds({ yaw, pitch }) {
  const within = (/** @type {number} */ value, /** @type {number} */ most) => Math.max(-most, Math.min(most, value));
  return { yaw: within(yaw, FURTHEST.yaw), pitch: within(pitch, FURTHEST.pitch) };
}

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}
