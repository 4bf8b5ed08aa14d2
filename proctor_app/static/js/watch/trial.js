/** Whether the graphics card is clearly faster than the processor, from a few pictures that both looked at. Pure. */

// The first pictures pay for setting the card up.
const WARM_UP = 4;
const PICTURES = 12;
// The card also draws the page: a small gain is none.
const CLEARLY_FASTER = 0.7;

/** @typedef {{seen: number, cpuMs: number[], gpuMs: number[]}} Trial */
/** @typedef {{isFaster: boolean, cpu_ms: number, gpu_ms: number}} Verdict medians; `gpu_ms` 0 where the card failed */

/** @type {Readonly<Trial>} */
export const START = Object.freeze({ seen: 0, cpuMs: [], gpuMs: [] });

/**
 * One more picture.
 * @param {Trial} before
 * @param {number} cpuMs what the processor took for it
 * @param {number|null} gpuMs what the card took; null when it failed
 * @returns {{trial: Trial, verdict: Verdict|null}} the verdict once there is one
 */
export function timed(before, cpuMs, gpuMs) {
  if (gpuMs === null) return { trial: before, verdict: { isFaster: false, cpu_ms: cpuMs, gpu_ms: 0 } };
  const seen = before.seen + 1;
  if (seen <= WARM_UP) return { trial: { ...before, seen }, verdict: null };
  const trial = { seen, cpuMs: [...before.cpuMs, cpuMs], gpuMs: [...before.gpuMs, gpuMs] };
  if (trial.gpuMs.length < PICTURES) return { trial, verdict: null };
  const [cpu, gpu] = [median(trial.cpuMs), median(trial.gpuMs)];
  return { trial, verdict: { isFaster: gpu < cpu * CLEARLY_FASTER, cpu_ms: cpu, gpu_ms: gpu } };
}

/** @param {number[]} values at least one */
function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
