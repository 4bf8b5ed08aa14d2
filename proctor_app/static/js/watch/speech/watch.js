/**
 * The speech watch of a candidate's page: their own microphone, the other side's sound and the readings of their camera
 * in, observations out. Loads and listens only while the policy asks for `second_voice` and the microphone is open.
 *
 *   const speech = createSpeechWatch({ now, newId, onObservation });
 *   speech.start({ microphone: () => track, remote: () => track }, policy);      // or null; asked twice a second
 *   speech.sawReading(reading);                                                  // each one that the monitor makes
 *   speech.setPolicy(policy);  speech.pause();  speech.resume();  speech.closeAll(at);  speech.stop();
 *   speech.status();    // for heartbeats: 'off', 'starting', 'listening', 'no_microphone', 'no_sound' or 'failed'
 *
 * What is heard is a probability and a loudness, ten times a second; sound itself goes from the audio thread to the voice
 * worker and nowhere else. A microphone that is muted, by the page or the system, is not listened to. Lips are half of what is
 * judged: nothing is loaded before the camera's first reading, so that both models do not start at once.
 */

import { isOn } from '../policy.js';
import { createEars } from './ears.js';
import { lipLook } from './lips.js';
import * as detector from './second-voice.js';

const TICK_MS = 500;
// Sound comes about ten times a second: this long without any, and something holds it back.
const SILENCE_MS = 2000;

/** @typedef {'off'|'starting'|'listening'|'no_microphone'|'no_sound'|'failed'} SpeechState */
/** @typedef {import('../dwell.js').Policy} Policy */
/** @typedef {import('../dwell.js').Observation} Observation */
/** @typedef {{microphone: () => MediaStreamTrack|null, remote: () => MediaStreamTrack|null}} Sources */
/** @typedef {ReturnType<typeof createSpeechWatch>} SpeechWatch */

/**
 * @param {Object} options
 * @param {() => number} options.now
 * @param {() => string} options.newId
 * @param {(observation: Observation) => void} options.onObservation
 * @param {(input: detector.Input) => void} [options.onInput] what the detector gets, for recording traces
 */
export function createSpeechWatch({ now, newId, onObservation, onInput = () => {} }) {
  /** @type {Policy} */
  let policy = { thresholds: {}, detectors: [] };
  let state = detector.START;
  /** @type {Sources|null} */
  let sources = null;
  let hasReadings = false;
  let isPaused = false;
  /** @type {import('./ears.js').EarState|'closed'} */
  let earState = 'closed';
  /** @type {number|null} */
  let heardAt = null;
  /** @type {ReturnType<typeof setInterval>|undefined} */
  let timer;

  const ears = createEars({
    now,
    onstate(next) {
      earState = next;
    },
    onheard(sound) {
      // What was on its way when the microphone was closed is not listened to.
      if (earState !== 'ready' || !microphone()) return;
      if (sound.source === 'microphone') heardAt = sound.at;
      take(sound);
    },
  });

  /** @param {detector.Input} input */
  function take(input) {
    onInput(input);
    told(detector.step(state, input, policy, newId));
  }

  /** @param {detector.Result} result */
  function told(result) {
    state = result.state;
    result.observations.forEach(onObservation);
  }

  /** The microphone, while it gives anything. */
  const microphone = () => audible(sources?.microphone() ?? null);

  const isWanted = () => sources !== null && !isPaused && isOn(policy, 'second_voice');

  /** Listen, or stop listening, as everything stands now. */
  function follow() {
    const own = isWanted() && hasReadings ? microphone() : null;
    const other = own && audible(sources?.remote() ?? null);
    if (own && earState === 'closed') ears.open();
    if (!own) heardAt = null;
    ears.hear('microphone', own);
    ears.hear('remote', other);
    if (own && state.hasOther !== (other !== null)) take({ at: now(), is_there: other !== null });
    if (isWanted()) return;
    ears.close();
    earState = 'closed';
  }

  function tick() {
    follow();
    ears.wake();
    const is = status();
    if (is !== 'off' && is !== 'listening') take({ at: now(), could_not_tell: is });
  }

  /** @returns {SpeechState} */
  function status() {
    if (!isWanted()) return 'off';
    if (earState === 'failed') return 'failed';
    if (!microphone()) return 'no_microphone';
    if (earState !== 'ready') return 'starting';
    return heardAt !== null && now() - heardAt < SILENCE_MS ? 'listening' : 'no_sound';
  }

  /** @param {number} at */
  function closeAll(at) {
    told(detector.closeAll(state, at));
  }

  return {
    /** @param {Sources} given @param {Policy} chosen */
    start(given, chosen) {
      sources = given;
      policy = chosen;
      timer = setInterval(tick, TICK_MS);
    },
    /** @param {import('../face.js').Reading} reading */
    sawReading(reading) {
      hasReadings = true;
      if (status() === 'listening') take(lipLook(reading));
    },
    /** @param {Policy} chosen */
    setPolicy(chosen) {
      told(detector.changePolicy(state, policy, chosen, now()));
      policy = chosen;
      follow();
    },
    pause() {
      if (isPaused) return;
      isPaused = true;
      closeAll(now());
      follow();
    },
    resume() {
      isPaused = false;
      follow();
    },
    closeAll,
    stop() {
      clearInterval(timer);
      closeAll(now());
      sources = null;
      follow();
    },
    status,
  };
}

/** @param {MediaStreamTrack|null} track @returns {MediaStreamTrack|null} null when nothing comes of it */
function audible(track) {
  return track && track.readyState === 'live' && track.enabled && !track.muted ? track : null;
}
