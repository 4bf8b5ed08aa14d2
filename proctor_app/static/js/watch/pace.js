/**
 * How often to take a frame. Pure. Five a second where the computer keeps up; where a frame costs more than its share
 * of the slot, the slot grows, so that the call itself is never starved.
 */

export const SLOT_MS = 200;
const SLOWEST_SLOT_MS = 2000;
// Of each slot the worker may use this much.
const SHARE = 0.7;
const SMOOTHING = 0.2;
const FPS_WINDOW_MS = 4000;

/** @typedef {{frameMs: number, slotMs: number, done: number[]}} Pace `done`: when the latest frames were done */

/** @type {Readonly<Pace>} */
export const START = Object.freeze({ frameMs: 0, slotMs: SLOT_MS, done: [] });

/**
 * A frame was read.
 * @param {Pace} pace
 * @param {number} at now
 * @param {number} ms what it took, from the page's side
 * @returns {Pace}
 */
export function paced(pace, at, ms) {
  const frameMs = pace.frameMs ? pace.frameMs + SMOOTHING * (ms - pace.frameMs) : ms;
  const slotMs = Math.min(SLOWEST_SLOT_MS, Math.max(SLOT_MS, frameMs / SHARE));
  return { frameMs, slotMs, done: [...pace.done, at].filter((one) => one > at - FPS_WINDOW_MS) };
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
