/**
 * The candidate's own neutral look: how their head is turned, and where their eyes point, when they look at their screen. Pure.
 *
 * The head's is the median over the first seconds in which it was held still; a head that never holds still gets the
 * median of a longer time. A pose far from the camera's axis is not believed to be the screen: it is kept in bounds. The
 * eyes' is the median over a little longer, because eyes wander on a screen; eyes that cannot be measured steadily get none.
 * Or both come from a calibration.
 *
 * People sink into their chairs and tilt their screens: what they do while they look at the screen moves both, slowly and not
 * far.
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
// A change of posture is taken over in a minute or so, and only as far as a screen or a chair is moved.
const FOLLOW_MS = 45_000;
const FURTHEST_DRIFT = 10;

/** @typedef {{yaw: number, pitch: number}} Angles */
/** @typedef {{at: number, yaw: number, pitch: number}} Sample */
/** @typedef {Sample & {gaze?: Angles|null}} Look `gaze`: the direction of the eyes, where it could be measured */
/** @typedef {{now: Angles, first: Angles}} Drifting what it is now, and what it was when it was learned */
/**
 * @typedef {Object} Neutral
 * @property {Sample[]} samples while the pose is learned
 * @property {number|null} startedAt
 * @property {Angles|null} pose of the head
 * @property {Sample[]} gazes while the gaze is learned
 * @property {Angles|null} gaze of the eyes
 * @property {{pose: Angles|null, gaze: Angles|null}} learned what both were at first
 */

/** @type {Readonly<Neutral>} */
export const UNKNOWN = Object.freeze({
  samples: [],
  startedAt: null,
  pose: null,
  gazes: [],
  gaze: null,
  learned: { pose: null, gaze: null },
});

/**
 * What a calibration found.
 * @param {Angles} pose
 * @param {Angles|null} gaze null: the eyes could not be followed then, and are not learned later either
 * @param {number} at
 * @returns {Neutral}
 */
export function known(pose, gaze, at) {
  return { ...UNKNOWN, startedAt: at, pose, gaze, learned: { pose, gaze } };
}

/**
 * Take in one look at a whole face.
 * @param {Neutral} neutral
 * @param {Look} look
 * @returns {Neutral}
 */
export function learn(neutral, { at, yaw, pitch, gaze = null }) {
  const withPose = neutral.pose ? neutral : learnPose(neutral, { at, yaw, pitch });
  return withPose.gaze || !gaze ? withPose : learnGaze(withPose, { at, ...gaze });
}

/** @param {Neutral} neutral @param {Sample} sample @returns {Neutral} */
function learnPose(neutral, sample) {
  const startedAt = neutral.startedAt ?? sample.at;
  const samples = [...neutral.samples, sample];
  const recent = samples.filter(({ at }) => at >= sample.at - LEARN_MS);
  if (sample.at - startedAt >= GIVE_UP_MS) return withPose({ ...neutral, startedAt }, inBounds(middle(samples)));
  const isLong = sample.at - samples[0].at >= LEARN_MS && recent.length >= LEAST_READINGS;
  const pose = isLong ? middle(recent) : null;
  if (pose && isWithin(recent, STILL_DEGREES) && isPlausible(pose)) return withPose({ ...neutral, startedAt }, pose);
  return { ...neutral, samples, startedAt };
}

/** @param {Neutral} neutral @param {Angles} pose @returns {Neutral} */
function withPose(neutral, pose) {
  return { ...neutral, samples: [], pose, learned: { ...neutral.learned, pose } };
}

/** @param {Neutral} neutral @param {Sample} sample @returns {Neutral} */
function learnGaze(neutral, sample) {
  const gazes = [...neutral.gazes, sample].filter(({ at }) => at >= sample.at - LEARN_GAZE_MS);
  const isLong = sample.at - neutral.gazes[0]?.at >= LEARN_GAZE_MS && gazes.length >= LEAST_GAZES;
  const gaze = isLong && isWithin(gazes, STEADY_DEGREES) ? middle(gazes) : null;
  if (!gaze || !isPlausible(gaze)) return { ...neutral, gazes };
  return { ...neutral, gazes: [], gaze, learned: { ...neutral.learned, gaze } };
}

/**
 * Follow somebody who looks at their screen: a little of the way, by the time that has passed.
 * @param {Neutral} neutral
 * @param {{yaw: number, pitch: number, gaze: Angles|null}} look
 * @param {number} passedMs
 * @returns {Neutral}
 */
export function follow(neutral, look, passedMs) {
  const part = Math.min(1, passedMs / FOLLOW_MS);
  const { pose, gaze, learned } = neutral;
  return {
    ...neutral,
    pose: pose && learned.pose && moved(pose, look, part, learned.pose),
    gaze: gaze && learned.gaze && look.gaze ? moved(gaze, look.gaze, part, learned.gaze) : gaze,
  };
}

/** @param {Angles} from @param {Angles} to @param {number} part of the way @param {Angles} first @returns {Angles} */
function moved(from, to, part, first) {
  const along = (/** @type {'yaw'|'pitch'} */ axis) =>
    within(from[axis] + part * (to[axis] - from[axis]), first[axis] - FURTHEST_DRIFT, first[axis] + FURTHEST_DRIFT);
  return { yaw: along('yaw'), pitch: along('pitch') };
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
