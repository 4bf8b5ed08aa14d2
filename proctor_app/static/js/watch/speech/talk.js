/**
 * From what was heard, sound by sound, to whether somebody talked at a moment, and how loud. Pure.
 *
 * Silero's probability is of speech in one window; talk is made of words with short silences between them. So speech that
 * pauses for less than `BRIDGE_MS` is one stretch, and a stretch counts when it holds `LEAST_MS` of speech: a cough, a click, a
 * laugh's first burst or a “mhm” does not. Both ends get `PAD_MS`, because the model is late on soft beginnings and ends.
 */

/** @typedef {import('./ears.js').Sound} Sound */
/**
 * @typedef {Object} Talk
 * @property {number} voice the mean probability of its speech
 * @property {number} level how loud it is, dB
 * @property {number} above by how much it is louder than the quietest moment of the last seconds, dB
 */

/** How much sound stands behind one probability: three windows of 512 samples. */
export const SOUND_MS = 96;
export const PAD_MS = 200;
export const LEAST_MS = 600;
// The published default for Silero VAD.
const SPEECH = 0.5;
const BRIDGE_MS = 500;
// Below this, dB, a room is as quiet as any; noise suppression leaves anything down to nothing.
const QUIETEST = -70;
// A moment without a sound this near is one in which nobody listened.
const UNHEARD_MS = 300;
// What the other side says may come out of loudspeakers. Anything that could be speech, or is loud, is taken for it.
const OTHERS_SPEECH = 0.2;
const OTHERS_LEVEL = -45;
// Playing it out, the room's echo and wireless loudspeakers add this much; and clocks of two streams are never quite the same.
const ECHO_MS = 1500;
const EARLY_MS = 400;

/**
 * @param {Sound[]} sounds of the candidate's microphone, the latest last
 * @param {number} moment
 * @returns {Talk|null|undefined} null: nobody talked; undefined: nobody listened
 */
export function talkAt(sounds, moment) {
  if (!sounds.some(({ at }) => Math.abs(at - moment) <= UNHEARD_MS)) return undefined;
  /** @type {Sound[]} */
  let stretch = [];
  for (const sound of sounds) {
    if (sound.voice < SPEECH) continue;
    const last = stretch.at(-1);
    if (last && sound.at - SOUND_MS - last.at > BRIDGE_MS) {
      if (moment <= last.at + PAD_MS) break;
      stretch = [];
    }
    stretch.push(sound);
  }
  const isIn = stretch.length > 0 && moment >= stretch[0].at - SOUND_MS - PAD_MS && moment <= stretch[stretch.length - 1].at + PAD_MS;
  return isIn && stretch.length * SOUND_MS >= LEAST_MS ? describe(stretch, sounds) : null;
}

/** @param {Sound[]} stretch @param {Sound[]} sounds around it @returns {Talk} */
function describe(stretch, sounds) {
  let [voice, power] = [0, 0];
  for (const sound of stretch) {
    voice += sound.voice;
    power += 10 ** (sound.level / 10);
  }
  const level = 10 * Math.log10(power / stretch.length);
  const quietest = sounds.reduce((least, sound) => Math.min(least, sound.level), level);
  return { voice: voice / stretch.length, level, above: level - Math.max(QUIETEST, quietest) };
}

/**
 * Whether what the candidate hears may be in their microphone at a moment.
 * @param {Sound[]} others the sounds from the other side of the call
 * @param {boolean} isExpected whether there is another side
 * @param {number} moment
 */
export function mayBeOthers(others, isExpected, moment) {
  const around = others.filter(({ at }) => at >= moment - ECHO_MS && at - SOUND_MS <= moment + EARLY_MS);
  // Where nobody listened to the other side, they may have been talking.
  if (isExpected && !around.some(({ at }) => Math.abs(at - moment) <= UNHEARD_MS)) return true;
  return around.some(({ voice, level }) => voice >= OTHERS_SPEECH || level >= OTHERS_LEVEL);
}
