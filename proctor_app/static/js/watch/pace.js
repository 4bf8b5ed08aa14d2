/**
 * The governor: how often to take a frame. Pure. As often as the policy asks where the computer keeps up; where a frame costs
 * more than its share of the slot, the slot grows, so that the call itself is never starved; where the battery runs low,
 * it grows too. Every threshold is in seconds, so a slower rate judges nobody otherwise.
 */

const DEFAULT_FPS = 5;
const FASTEST_FPS = 10;
// Two looks a second still tell what lasts for two seconds; slower only where the computer cannot do it.
const SLOWEST_FPS = 2;
const SLOWEST_SLOT_MS = 2000;
// Of each slot the worker may use this much.
const SHARE = 0.7;
const SMOOTHING = 0.2;
const FPS_WINDOW_MS = 4000;

/**
 * @typedef {Object} Pace
 * @property {number} targetFps what the policy asks for
 * @property {boolean} isBatteryLow
 * @property {number} frameMs what a frame costs, smoothed
 * @property {number} slotMs from one frame to the next
 * @property {'busy'|'battery'|null} slowedBy why it is slower than the policy asks
 * @property {number[]} done when the latest frames were done
 */

/** @type {Readonly<Pace>} */
export const START = Object.freeze({
  targetFps: DEFAULT_FPS,
  isBatteryLow: false,
  frameMs: 0,
  slotMs: 1000 / DEFAULT_FPS,
  slowedBy: null,
  done: [],
});

/**
 * What is asked for from now on.
 * @param {Pace} pace
 * @param {number} [framesPerSecond] the policy's; 2 to 10
 * @param {boolean} [isBatteryLow]
 * @returns {Pace}
 */
export function aim(pace, framesPerSecond = DEFAULT_FPS, isBatteryLow = false) {
  const targetFps = Math.min(FASTEST_FPS, Math.max(SLOWEST_FPS, framesPerSecond));
  return withSlot({ ...pace, targetFps, isBatteryLow });
}

/**
 * A frame was read.
 * @param {Pace} pace
 * @param {number} at now
 * @param {number} ms what it took, from the page's side
 * @returns {Pace}
 */
export function paced(pace, at, ms) {
  const frameMs = pace.frameMs ? pace.frameMs + SMOOTHING * (ms - pace.frameMs) : ms;
  return withSlot({ ...pace, frameMs, done: [...pace.done, at].filter((one) => one > at - FPS_WINDOW_MS) });
}

/** @param {Pace} pace @returns {Pace} */
function withSlot(pace) {
  const askedMs = 1000 / pace.targetFps;
  const sparingMs = pace.isBatteryLow ? 1000 / SLOWEST_FPS : askedMs;
  const neededMs = pace.frameMs / SHARE;
  const slotMs = Math.min(SLOWEST_SLOT_MS, Math.max(sparingMs, neededMs));
  const slower = neededMs > sparingMs ? 'busy' : 'battery';
  return { ...pace, slotMs, slowedBy: slotMs > askedMs ? slower : null };
}

/**
 * Frames read in a second, over the last few seconds.
 * @param {Pace} pace
 * @param {number} at now
 */
export function fps(pace, at) {
  const recent = pace.done.filter((one) => one > at - FPS_WINDOW_MS);
  if (recent.length < 2) return 0;
  return ((recent.length - 1) * 1000) / Math.max(at - recent[0] - pace.slotMs, recent[recent.length - 1] - recent[0]);
}
