/**
 * What a look at the received picture says: how many faces, or why that cannot be told. Pure.
 *
 * The received picture is a copy that the network has made smaller and coarser. Where that may be why no face is found in
 * it, nothing is said: `problem` judges the picture before a look, `answer` what the look found.
 */

import { unseen } from '../watch/visibility.js';

// Chromium's own senders scale a picture down that is smaller or coarser than this while they still can.
const LEAST_WIDTH = 240;
const LEAST_HEIGHT = 180;
// The quantiser above which WebRTC's own quality scaler calls a picture too coarse, by codec.
const COARSEST = /** @type {Record<string, number>} */ ({ VP8: 95, VP9: 205, AV1: 205, H264: 37 });
// Of the frames that a second brings, so many must be new.
const LEAST_FRAMES = 2;
// The model loses a head that is turned beyond about 50 degrees, and the smaller or coarser the picture the sooner.
const TURNED = { yaw: 25, pitch: 20 };
// It finds no face narrower than 8 to 10 % of the picture.
const SMALL_FACE = 0.14;
// A face that was lost so is taken to be there still for this long, and no longer: after that somebody has left.
const STILL_THERE_MS = 20_000;
// How slowly what is usual follows what is seen, for each look.
const SMOOTHING = 0.05;

/** @typedef {import('../watch/face.js').Reading} Reading */
/** @typedef {{faces: number|null, could_not_tell: string|null}} Look */
/** @typedef {{yaw: number, pitch: number}} Turn */
/**
 * @typedef {Object} Seen what earlier looks have taught
 * @property {number|null} lit the brightness in which a face was seen lately
 * @property {Turn|null} usual how the head is held most of the time
 * @property {number|null} lastAt when a face was seen last
 * @property {string|null} doubt why that face may be there although it is not found
 */
/** @typedef {{frames: number, width: number, height: number, quantiser: {codec: string, mean: number}|null}} Picture */

/** @type {Readonly<Seen>} */
export const START = Object.freeze({ lit: null, usual: null, lastAt: null, doubt: null });

/**
 * Why a look at this picture would say nothing; null when it says something.
 * @param {Picture} picture `frames`: how many came since the last look
 */
export function problem({ frames, width, height, quantiser }) {
  if (frames < LEAST_FRAMES) return 'picture_stands_still';
  if (width < LEAST_WIDTH || height < LEAST_HEIGHT) return 'picture_small';
  if (quantiser && quantiser.mean > (COARSEST[quantiser.codec] ?? Infinity)) return 'picture_coarse';
  return null;
}

/**
 * @param {Seen} seen
 * @param {Reading} reading
 * @returns {{seen: Seen, look: Look}}
 */
export function answer(seen, reading) {
  const reason = unseen(reading, seen.lit);
  if (reading.faces === 1) return { seen: learn(seen, reading), look: reason ? cannotTell(reason) : found(1) };
  if (reason) return { seen, look: cannotTell(reason) };
  if (reading.faces > 1) return { seen, look: found(reading.faces) };
  const isFresh = seen.lastAt !== null && reading.at - seen.lastAt < STILL_THERE_MS;
  return { seen, look: seen.doubt && isFresh ? cannotTell(seen.doubt) : found(0) };
}

/** @param {Seen} seen @param {Reading} reading with one face @returns {Seen} */
function learn(seen, { at, luma, yaw, pitch, face_width: width, cut_off: isCutOff }) {
  const turn = { yaw: yaw ?? 0, pitch: pitch ?? 0 };
  const before = seen.usual ?? turn;
  const usual = { yaw: follow(before.yaw, turn.yaw), pitch: follow(before.pitch, turn.pitch) };
  const share = Math.hypot((turn.yaw - before.yaw) / TURNED.yaw, (turn.pitch - before.pitch) / TURNED.pitch);
  const doubt = isCutOff ? 'face_cut_off' : share >= 1 ? 'face_turned' : (width ?? 0) < SMALL_FACE ? 'face_small' : null;
  return { lit: seen.lit === null ? luma : follow(seen.lit, luma), usual, lastAt: at, doubt };
}

/** @param {number} before @param {number} now */
function follow(before, now) {
  return before + SMOOTHING * (now - before);
}

/** @param {string} reason @returns {Look} */
function cannotTell(reason) {
  return { faces: null, could_not_tell: reason };
}

/** @param {number} faces @returns {Look} */
function found(faces) {
  return { faces, could_not_tell: null };
}

/** @typedef {{frames: number, sum: number}} Coded running sums, to take differences of */

/**
 * How coarsely the received video was coded since the last report.
 * @param {Iterable<[string, any]>} report the peer connection's statistics
 * @param {Coded|null} before
 * @returns {{coded: Coded|null, quantiser: {codec: string, mean: number}|null}}
 */
export function readQuantiser(report, before) {
  const stats = new Map(report);
  const video = [...stats.values()].find((stat) => stat.type === 'inbound-rtp' && stat.kind === 'video');
  // Not every browser tells.
  if (video?.qpSum === undefined || !video.framesDecoded) return { coded: null, quantiser: null };
  const coded = { frames: video.framesDecoded, sum: video.qpSum };
  const frames = coded.frames - (before?.frames ?? 0);
  if (!before || frames <= 0) return { coded, quantiser: null };
  const codec = String(stats.get(video.codecId)?.mimeType ?? '').replace('video/', '');
  return { coded, quantiser: { codec, mean: (coded.sum - before.sum) / frames } };
}
