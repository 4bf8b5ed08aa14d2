/**
 * Whether the lips moved around a moment, from the face model's readings. Pure.
 *
 * Only the distance between the lips is used, and only how much it varies: what a mouth looks like says nothing here.
 * `null` means that it cannot be told: no face, or two, or one that is turned away, small or cut off; a picture that stands
 * still while the camera claims to run; too few looks; a mouth that is held open.
 */

/** @typedef {import('../face.js').Reading} Reading */
/** @typedef {{at: number, gap: number|null}} LipLook `gap` between the lips, as a share of the face's height; null: not to be told */

// Lips open and close about four times a second in speech: within this time on both sides of a moment they cannot have
// been caught at the same opening by every look.
export const AROUND_MS = 800;
const LEAST_LOOKS = 5;
const LONGEST_GAP_MS = 500;
// Beyond these the lips are seen from the side, or measure too few pixels.
const WIDEST_TURN = { yaw: 30, pitch: 25 };
const LEAST_FACE_WIDTH = 0.12;
// Lips that stay this far apart may belong to a laugh, a yawn or a long vowel; lips that show closed teeth stay below.
const HELD_OPEN = 0.08;

/**
 * @param {Reading} reading
 * @returns {LipLook}
 */
export function lipLook(reading) {
  const { at, faces, cut_off: isCutOff, yaw, pitch, face_width: width, mouth } = reading;
  const isFrontal = yaw !== null && pitch !== null && Math.abs(yaw) <= WIDEST_TURN.yaw && Math.abs(pitch) <= WIDEST_TURN.pitch;
  const isWhole = faces === 1 && !isCutOff && width !== null && width >= LEAST_FACE_WIDTH;
  // The very same picture as before: a camera that stands still says nothing of a mouth that may move.
  const isStale = reading.change === 0;
  return { at, gap: isFrontal && isWhole && !isStale ? mouth : null };
}

/**
 * @param {LipLook[]} looks the latest last
 * @param {number} moment
 * @returns {number|null} by how much the gap between the lips varied around it
 */
export function lipsMoved(looks, moment) {
  const around = looks.filter(({ at }) => Math.abs(at - moment) <= AROUND_MS);
  if (around.length < LEAST_LOOKS) return null;
  const times = [moment - AROUND_MS, ...around.map(({ at }) => at), moment + AROUND_MS];
  if (times.some((at, index) => index > 0 && at - times[index - 1] > LONGEST_GAP_MS)) return null;
  let [least, most, sum] = [Infinity, -Infinity, 0];
  for (const { gap } of around) {
    if (gap === null) return null;
    least = Math.min(least, gap);
    most = Math.max(most, gap);
    sum += gap;
  }
  return sum / around.length > HELD_OPEN ? null : most - least;
}
