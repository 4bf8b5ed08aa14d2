/** Whether a picture can tell anything at all about who is in front of the camera. Pure. */

// A covered lens gives a picture that is the same everywhere. Even a plain wall in the dark varies by more than this.
const FLAT = 1;
// A finger or a lid that lets light in: much darker than before, and little varies.
const MOSTLY_FLAT = 0.1;
const TOO_DARK = 12;
// The light has gone when less than this share of the brightness is left in which a face was last seen.
const LIGHT_GONE = 0.5;
// Nothing finer in the picture than a shading from one side to the other.
const BLURRED = 0.035;

/**
 * Why this reading says nothing about the candidate; null when it does. A face that was found was seen, however dark
 * or blurred the picture; only where none was found can the picture be the cause. A dark picture is none where faces were
 * found in the same light before: there, who is not found is not there.
 * @param {Pick<import('./face.js').Reading, 'faces'|'cut_off'|'luma'|'contrast'|'sharpness'>} reading
 * @param {number|null} lit the brightness in which a face was seen lately; null when none ever was
 * @returns {'face_cut_off'|'covered'|'too_dark'|'blurred'|null}
 */
export function unseen({ faces, cut_off: cutOff, luma, contrast, sharpness }, lit) {
  if (faces === 1 && cutOff) return 'face_cut_off';
  if (faces > 0) return null;
  const isLightGone = lit === null || luma < LIGHT_GONE * lit;
  if (contrast < FLAT || (isLightGone && lit !== null && contrast < MOSTLY_FLAT * luma)) return 'covered';
  if (isLightGone && luma < TOO_DARK) return 'too_dark';
  return sharpness < BLURRED * contrast ? 'blurred' : null;
}
