/**
 * Monitoring in the call: the monitor's observations go to the outbox and the mirror, its state to the strip and, every two
 * seconds, to the server. When it cannot run, the call goes on and everybody is told.
 */

import { EVENT } from '../protocol.js';
import { uuid } from '../socket.js';
import { now } from '../watch/clock.js';
import { createMonitor } from '../watch/monitor.js';
import { createSpeechWatch } from '../watch/speech/watch.js';
import { element, part, say } from './page.js';
import { describeState } from './words.js';

const HEARTBEAT_MS = 2000;
/** What the failures of the vision worker mean to a person. */
const FAILURES = /** @type {Record<string, string>} */ ({
  no_webgl: 'this browser has no WebGL; hardware acceleration may be switched off in its settings',
  no_wasm: 'this browser cannot run WebAssembly',
});

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
  const monitor = createMonitor({
    now,
    newId: uuid,
    onObservation: onobservation,
    onStatus: showStatus,
    onReading: speech.sawReading,
  });
  let seq = 0;
  monitor.start(video, policy);
  speech.start({ microphone: () => soundOf(video), remote: () => soundOf(element('remote-video', HTMLVideoElement)) }, policy);
  const timer = setInterval(beat, HEARTBEAT_MS);
  showStatus(monitor.status());

  function beat() {
    const status = monitor.status();
    link.send(EVENT.heartbeat, { seq: (seq += 1), at: Math.round(now()), ...whole(status), speech: speech.status() });
    showStatus(status);
  }

  return {
    /** At once, so that the server need not wait for the next one. */
    beat,
    /** @param {import('../watch/dwell.js').Policy} next */
    setPolicy(next) {
      monitor.setPolicy(next);
      speech.setPolicy(next);
    },
    still: monitor.still,
    pausePage: monitor.pausePage,
    resumePage: monitor.resumePage,
    stop() {
      clearInterval(timer);
      speech.stop();
      monitor.stop();
    },
  };
}

/** @param {HTMLVideoElement} video @returns {MediaStreamTrack|null} the sound of what it plays */
function soundOf({ srcObject }) {
  return srcObject instanceof MediaStream ? (srcObject.getAudioTracks()[0] ?? null) : null;
}

/** @param {Status} status as a heartbeat carries it */
const whole = ({ state, reason, since, fps, frame_ms: frameMs, faces }) => ({
  state,
  reason,
  since: Math.round(since),
  fps: Math.round(fps * 10) / 10,
  frame_ms: Math.round(frameMs),
  faces,
});

/** @param {Status} status */
function showStatus({ state, reason }) {
  const strip = element('monitor-status');
  // Where it could not tell for a moment, the monitor runs all the same; the words say what it lacks.
  strip.dataset.state = state === 'could_not_tell' ? 'watching' : state;
  say(part(strip, 'word'), describeState(state, reason));
  const note = element('monitor-note');
  note.hidden = state !== 'failed';
  if (state !== 'failed') return;
  const why = FAILURES[reason ?? ''] ?? `reason: ${(reason ?? 'unknown').replaceAll('_', ' ')}`;
  say(part(note, 'message'), `Monitoring does not run (${why}). The call goes on without it, and the interviewer sees that.`);
}
