/**
 * Check: where does the candidate look when they look at their screen? It shows one target after the other and reads the camera
 * meanwhile. What is read and how it is measured is handed in (watch/calibration.js); what it looks like is the page's part.
 */

// Between two looks; the monitor's own pace.
const LOOK_EVERY_MS = 150;

/**
 * @template {string} Target
 * @template {string} Problem
 * @template Reading
 * @template {{target: Target|null, problem: Problem|null}} Run
 * @param {Object} options
 * @param {() => number} options.now
 * @param {() => Promise<Reading|null>} options.read the camera's picture now; null when there is none
 * @param {(at: number) => Run} options.begin
 * @param {(run: Run, reading: Reading) => Run} options.step
 * @param {(target: Target) => void} options.show
 * @param {AbortSignal} options.signal
 * @param {(ms: number) => Promise<void>} [options.wait]
 * @returns {Promise<Run|null>} what was read, or why it ended early; null when it was stopped
 */
export async function runCalibration({ now, read, begin, step, show, signal, wait = pause }) {
  let run = begin(now());
  while (run.target) {
    show(run.target);
    const reading = await read();
    if (signal.aborted) return null;
    if (reading) run = step(run, reading);
    await wait(LOOK_EVERY_MS);
    if (signal.aborted) return null;
  }
  return run;
}

/** @param {number} ms @returns {Promise<void>} */
const pause = (ms) => new Promise((resolve) => void setTimeout(resolve, ms));
