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
// A sensor that amplifies the little light of a dark room makes at least this much noise; one that gets none, or whose picture a
// codec flattened to nothing, shows about 0.6.
const SENSOR_NOISE = 1;
// The last pictures before a lens is covered are dark already: they must not become what is normal.
const LIGHT_SMOOTHING = 0.05;

// Said of a person, “covered” needs more than a picture that shows nothing. Black: what video shows of no light at all (0 to 4), in
// which neither place nor time makes a difference beyond what a codec adds.
const BLACK = { luma: 6, contrast: 0.75, noise: SENSOR_NOISE, change: 1 };
// Uniformly dark: an unlit room keeps its shading, about an eighth of its brightness also after a codec took its noise.
const DARK = { luma: 20, flatness: 0.04, noise: 0.5, change: 0.4 };
// Behind a hand or a sheet: the light of before is gone, and hardly a shading is left. A plain wall has more, by the lens alone.
const BEHIND = { light: 0.4, flatness: 0.06 };

/** @typedef {import('./face.js').Reading} Reading */
/** @typedef {Pick<Reading, 'faces'|'luma'|'contrast'> & Partial<Pick<Reading, 'noise'|'change'>>} Shade */

/**
 * Why this reading says nothing about the candidate; null when it does. A face that was found was seen, however dark
 * or blurred the picture; only where none was found can the picture be the cause. A dark picture is none where faces were
 * found in the same light before: there, who is not found is not there.
 * @param {Shade & Pick<Reading, 'cut_off'|'sharpness'>} reading
 * @param {number|null} lit the brightness in which a face was seen lately; null when none ever was
 * @returns {'face_cut_off'|'covered'|'too_dark'|'blurred'|null}
 */
export function unseen(reading, lit) {
  const { faces, cut_off: cutOff, luma, contrast, sharpness, noise = 0 } = reading;
  if (faces === 1 && cutOff) return 'face_cut_off';
  if (faces > 0) return null;
  if (isBlocked(reading, lit)) return 'covered';
  const isLightGone = lit === null || luma < LIGHT_GONE * lit;
  if (contrast < FLAT || (isLightGone && lit !== null && contrast < MOSTLY_FLAT * luma)) {
    return luma < TOO_DARK && noise >= SENSOR_NOISE ? 'too_dark' : 'covered';
  }
  if (isLightGone && luma < TOO_DARK) return 'too_dark';
  return sharpness < BLURRED * contrast ? 'blurred' : null;
}

/**
 * Whether the camera is black, covered or uniformly dark beyond doubt. Where an unlit room could look the same, it is not: that
 * is `too_dark`, and held against nobody.
 * @param {Shade} reading
 * @param {number|null} lit as above
 * @returns {boolean}
 */
export function isBlocked({ faces, luma, contrast, noise = 0, change = null }, lit) {
  if (faces > 0) return false;
  if (lit !== null && luma < BEHIND.light * lit && luma >= DARK.luma) return contrast < BEHIND.flatness * luma;
  const isBlack = luma < BLACK.luma && contrast < BLACK.contrast && noise < BLACK.noise && (change ?? 0) < BLACK.change;
  const isEvenlyDark = luma < DARK.luma && contrast < DARK.flatness * luma && noise < DARK.noise && (change ?? 0) < DARK.change;
  return isBlack || isEvenlyDark;
}

/**
 * The brightness in which faces are seen, after one more look.
 * @param {number|null} lit
 * @param {Pick<Reading, 'faces'|'luma'>} reading
 * @returns {number|null}
 */
export function lightAfter(lit, { faces, luma }) {
  if (faces === 0) return lit;
  return lit === null ? luma : lit + LIGHT_SMOOTHING * (luma - lit);
}
