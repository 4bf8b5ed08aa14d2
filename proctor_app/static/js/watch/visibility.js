/** Whether a picture can tell anything at all about who is in front of the camera. Pure. */

// The model still finds faces whose mean brightness is 20 of 255, so a whole picture below this may hide one.
const TOO_DARK = 12;
// A covered lens gives a picture that is the same everywhere; even an empty wall has more in it.
const FLAT = 3;
const BLURRED = 0.6;

/**
 * Why this reading says nothing about the candidate; null when it does. A face that was found was seen, however dark
 * or blurred the picture; only where none was found can the picture be the cause.
 * @param {import('./face.js').Reading} reading
 * @returns {'face_cut_off'|'covered'|'too_dark'|'blurred'|null}
 */
export function unseen({ faces, cut_off: cutOff, luma, contrast, sharpness }) {
  if (faces === 1 && cutOff) return 'face_cut_off';
  if (faces > 0) return null;
  if (contrast < FLAT) return 'covered';
  if (luma < TOO_DARK) return 'too_dark';
  return sharpness < BLURRED ? 'blurred' : null;
}
