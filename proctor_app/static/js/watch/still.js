/**
 * Whether the camera's picture lives: `follow(before, reading) → state`. Pure.
 *
 * No two frames of a camera are equal bit for bit: its sensor's noise sees to that, however still a person sits. Frames are equal
 * where none came in between (one that is slower than we look), for moments behind a codec that skips what hardly changed, and for
 * longer only where the picture stands still. The same frames in the same order are a recording that is played again.
 *
 * Only pictures with a face are followed. Without one, a codec can hold an empty room for many seconds, a test picture is no
 * deceit, and what is missing is said by other conditions already.
 */

// Shorter ones are pauses of the camera or of its codec.
export const PAUSE_MS = 1500;
// Nothing shorter is taken for a recording, and no longer one is remembered.
const LEAST_ROUND_MS = 1000;
const LONGEST_ROUND_MS = 10 * 60_000;
// Each frame of a recording is shown for a while, and looked at any time in it.
const SLACK_MS = 400;
// At 5 looks a second at 30 frames a second, every sixth look meets a frame that was met a round before: 40 in a row miss all
// with a chance of less than one in a thousand.
const LEAST_REPEATS = 5;
const MOST_MISSES = 40;

/** @typedef {Pick<import('./face.js').Reading, 'at'|'faces'|'print'>} Frame */
/** @typedef {{print: number, since: number, until: number, looks: number, withFace: number}} Run the same picture, look after look */
/**
 * @typedef {Object} Replay a recording that is played again
 * @property {number} since its first frame that had been there before
 * @property {number} until its latest one
 * @property {number} roundMs how long it takes until a frame comes again
 * @property {number} repeats frames that came again
 * @property {number} misses other frames since `until`
 */
/** @typedef {{run: Run|null, pictures: {at: number, print: number}[], replay: Replay|null}} Stillness */

/** @type {Readonly<Stillness>} */
export const START = Object.freeze({ run: null, pictures: [], replay: null });

/** @param {Stillness} before @param {Frame} frame @returns {Stillness} */
export function follow(before, { at, faces, print }) {
  const withFace = faces > 0 ? 1 : 0;
  const { run } = before;
  if (run?.print === print) {
    return { ...before, run: { ...run, until: at, looks: run.looks + 1, withFace: run.withFace + withFace } };
  }
  const next = { ...before, run: { print, since: at, until: at, looks: 1, withFace } };
  if (!withFace) return { ...next, replay: missed(before.replay) };
  const pictures = before.pictures.filter((one) => one.at >= at - LONGEST_ROUND_MS);
  const replay = replayed(before.replay, pictures, at, print);
  pictures.push({ at, print });
  return { ...next, pictures, replay };
}

/** Nobody looked for a while: what is seen next is not known to have been there all along. @param {Stillness} before @returns {Stillness} */
export function lookAway(before) {
  return { ...before, run: null, replay: null };
}

/** @param {Stillness} state @returns {boolean} whether the picture stands still, and shows a face */
export function isStill({ run }) {
  return run !== null && run.until - run.since >= PAUSE_MS && run.withFace * 2 > run.looks;
}

/**
 * The recording that is certainly played again: it was seen twice as a whole.
 * @param {Stillness} state
 * @param {number} leastMs how long it must have repeated
 * @returns {Replay|null}
 */
export function recording({ replay }, leastMs) {
  if (!replay || replay.repeats < LEAST_REPEATS) return null;
  return replay.until - replay.since >= Math.max(leastMs, replay.roundMs - SLACK_MS) ? replay : null;
}

/**
 * @param {Replay|null} replay
 * @param {{at: number, print: number}[]} pictures those before
 * @param {number} at
 * @param {number} print
 * @returns {Replay|null}
 */
function replayed(replay, pictures, at, print) {
  const rounds = pictures.filter((one) => one.print === print && at - one.at >= LEAST_ROUND_MS).map((one) => at - one.at);
  if (rounds.length === 0) return missed(replay);
  if (!replay) return { since: at, until: at, roundMs: rounds[rounds.length - 1], repeats: 1, misses: 0 };
  if (!rounds.some((roundMs) => isWhole(roundMs, replay.roundMs))) return missed(replay);
  return { ...replay, until: at, repeats: replay.repeats + 1, misses: 0 };
}

/** Whether one time is a whole number of rounds. @param {number} passed @param {number} roundMs */
function isWhole(passed, roundMs) {
  const rounds = Math.round(passed / roundMs);
  return rounds >= 1 && Math.abs(passed - rounds * roundMs) <= SLACK_MS;
}

/** @param {Replay|null} replay @returns {Replay|null} */
function missed(replay) {
  return replay && replay.misses < MOST_MISSES ? { ...replay, misses: replay.misses + 1 } : null;
}
