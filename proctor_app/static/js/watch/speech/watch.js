/**
 * The speech watch of a candidate's page: their own microphone, the other side's sound and the readings of their camera
 * in, observations out. Loads and listens only while the policy asks for `second_voice` and the microphone is open.
 *
 *   const speech = createSpeechWatch({ now, newId, onObservation });
 *   speech.start({ microphone: track, remote: stream }, policy);
 *   speech.setMicrophone(track);  speech.setRemote(stream);     // or null; whenever they change, muting included
 *   speech.sawReading(reading);                                 // each one that the monitor makes
 *   speech.setPolicy(policy);  speech.pause();  speech.resume();  speech.closeAll(at);  speech.stop();
 *   speech.status();    // for heartbeats: 'off', 'starting', 'listening', 'no_microphone', 'no_sound' or 'failed'
 *
 * What is heard is a probability and a loudness, ten times a second; sound itself goes from the audio thread to the voice
 * worker and nowhere else. A microphone that is muted, by the page or the system, is not listened to.
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
  /** @type {MediaStreamTrack|null} */
  let microphone = null;
  /** @type {MediaStream|null} */
  let remote = null;
  let isStarted = false;
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
      if (earState !== 'ready') return;
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

  const isOpen = () => microphone !== null && microphone.readyState === 'live' && microphone.enabled && !microphone.muted;

  /** Listen, or stop listening, as everything stands now. */
  function follow() {
    const isWanted = isStarted && !isPaused && isOn(policy, 'second_voice');
    if (isWanted && isOpen()) {
      if (earState === 'closed') ears.open();
      ears.hear('microphone', microphone);
      const track = remote?.getAudioTracks().find(({ readyState }) => readyState === 'live') ?? null;
      ears.hear('remote', track);
      if (state.hasOther !== (track !== null)) take({ at: now(), is_there: track !== null });
      return;
    }
    heardAt = null;
    ears.hear('microphone', null);
    ears.hear('remote', null);
    if (isWanted) return;
    ears.close();
    earState = 'closed';
  }

  function tick() {
    follow();
    ears.wake();
    if (status() !== 'listening') take({ at: now(), could_not_tell: status() });
  }

  /** @returns {SpeechState} */
  function status() {
    if (!isStarted || isPaused || !isOn(policy, 'second_voice')) return 'off';
    if (earState === 'failed') return 'failed';
    if (!isOpen()) return 'no_microphone';
    if (earState !== 'ready') return 'starting';
    return heardAt !== null && now() - heardAt < SILENCE_MS ? 'listening' : 'no_sound';
  }

  /** @param {number} at */
  function closeAll(at) {
    told(detector.closeAll(state, at));
  }

  return {
    /** @param {{microphone: MediaStreamTrack|null, remote: MediaStream|null}} sources @param {Policy} chosen */
    start(sources, chosen) {
      ({ microphone, remote } = sources);
      policy = chosen;
      isStarted = true;
      timer = setInterval(tick, TICK_MS);
      follow();
    },
    /** @param {MediaStreamTrack|null} track */
    setMicrophone(track) {
      microphone = track;
      follow();
    },
    /** @param {MediaStream|null} stream */
    setRemote(stream) {
      remote = stream;
      follow();
    },
    /** @param {import('../face.js').Reading} reading */
    sawReading(reading) {
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
      isStarted = false;
      follow();
    },
    status,
  };
}
