/**
 * Monitoring in the call: the monitor's observations go to the outbox and the mirror, its state to the strip and, every two
 * seconds, to the server. When it cannot run, the call goes on and everybody is told.
 */

import { EVENT } from '../protocol.js';
import { uuid } from '../socket.js';
import { createCameraWatch } from '../watch/camera-change.js';
import { now } from '../watch/clock.js';
import { createMonitor } from '../watch/monitor.js';
import { joinSeveral } from '../watch/objects/one-cause.js';
import { createObjectWatch } from '../watch/objects/watch.js';
import { createSignalsWatch } from '../watch/signals.js';
import { createSpeechWatch } from '../watch/speech/watch.js';
import { thingsOf } from '../watch/stills.js';
import { keptCalibration } from './calibration.js';
import { cameraMemory } from './camera-memory.js';
import { offerFullscreen } from './fullscreen.js';
import { showStatus } from './monitor-status.js';
import { element, pageData } from './page.js';

const HEARTBEAT_MS = 2000;

/** @typedef {import('../watch/monitor.js').Status} Status */
/** @typedef {ReturnType<typeof startWatching>} Watching */

/**
 * @param {Object} options
 * @param {import('../socket.js').Link} options.link
 * @param {HTMLVideoElement} options.video plays the candidate's own camera
 * @param {import('../watch/dwell.js').Policy} options.policy
 * @param {(observation: import('../watch/dwell.js').Observation) => void} options.onobservation
 */
export function startWatching({ link, video, policy, onobservation }) {
  const speech = createSpeechWatch({ now, newId: uuid, onObservation: onobservation });
  const camera = createCameraWatch({ now, newId: uuid, onObservation: onobservation, memory: cameraMemory(pageData().session) });
  const signals = createSignalsWatch({ now, newId: uuid, onObservation: onobservation });
  const several = joinSeveral(onobservation);
  const monitor = createMonitor({
    now,
    newId: uuid,
    onObservation: several('face'),
    onStatus: (status) => isOver || showStatus(status, now()),
    onReading: speech.sawReading,
  });
  const calibration = keptCalibration(pageData().session, video);
  const notes = calibration?.notes_side ?? null;
  /** @type {import('../watch/objects/look.js').Look|null} */
  let lastLook = null;
  const objects = createObjectWatch({
    now,
    newId: uuid,
    onObservation: several('body'),
    onLook(look) {
      lastLook = look;
      monitor.sawPeople(look);
    },
  });
  let seq = 0;
  let isOver = false;
  monitor.start(video, policy, calibration);
  camera.start(video, policy);
  objects.start(video, policy);
  signals.start(policy);
  const fullscreen = offerFullscreen(policy);
  speech.start({ microphone: () => soundOf(video), remote: () => soundOf(element('remote-video', HTMLVideoElement)) }, policy);
  const timer = setInterval(beat, HEARTBEAT_MS);
  showStatus(monitor.status(), now());

  function beat() {
    const status = monitor.status();
    const [heard, looked] = [speech.status(), objects.status()];
    link.send(EVENT.heartbeat, { seq: (seq += 1), at: Math.round(now()), ...whole(status), speech: heard, objects: looked, notes });
    Object.assign(element('monitor-status').dataset, { speech: heard, objects: looked });
    showStatus(status, now());
  }

  return {
    /** At once, so that the server need not wait for the next one. */
    beat,
    /** @param {import('../watch/dwell.js').Policy} next */
    setPolicy(next) {
      monitor.setPolicy(next);
      camera.setPolicy(next);
      objects.setPolicy(next);
      signals.setPolicy(next);
      fullscreen.setPolicy(next);
      speech.setPolicy(next);
    },
    /** Of what was seen last. @param {'still'|'line_art'} style @param {string} kind of the incident */
    still: (style, kind) => monitor.still(style, thingsOf(kind, lastLook)),
    pausePage() {
      monitor.pausePage();
      signals.pause();
    },
    resumePage() {
      monitor.resumePage();
      signals.resume();
    },
    stop() {
      isOver = true;
      clearInterval(timer);
      speech.stop();
      camera.stop();
      objects.stop();
      signals.stop();
      fullscreen.stop();
      monitor.stop();
    },
  };
}

/** @param {HTMLVideoElement} video @returns {MediaStreamTrack|null} the sound of what it plays */
function soundOf({ srcObject }) {
  return srcObject instanceof MediaStream ? (srcObject.getAudioTracks()[0] ?? null) : null;
}

/** @param {Status} status as a heartbeat carries it */
const whole = ({ state, reason, since, fps, target_fps, slowed_by, frame_ms: frameMs, faces }) => ({
  state,
  reason,
  since: Math.round(since),
  fps: Math.round(fps * 10) / 10,
  target_fps,
  slowed_by,
  frame_ms: Math.round(frameMs),
  faces,
});
