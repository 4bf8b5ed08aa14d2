/**
 * The whole watch of one candidate's page: camera and page in, observations out.
 *
 *   const monitor = createMonitor({
 *     now, newId,                       // one clock (./clock.js) for this, for `clock` messages and for heartbeats; uuids
 *     onObservation(observation) {},    // {id, kind, reason, started_at, ended_at, confidence, detail}: opened, upgraded, closed
 *     onStatus(status) {},              // a Status: at the start, and on each change of state or reason
 *   });
 *   monitor.start(video, policy, calibration);      // `video` plays the candidate's own camera; its stream may change at any time
 *   monitor.setPolicy(policy);          // from now on: what is not watched for any more ends at once
 *   monitor.pausePage(); monitor.resumePage();      // around permission prompts and file dialogs of our own
 *   monitor.pause(); monitor.resume();              // no watching at all in between: state 'paused'
 *   monitor.retry();                    // after 'failed': try to start the worker again
 *   await monitor.still('still');       // a JPEG of the frame that was read last, or null: see still-picture.js
 *   monitor.status();                   // for heartbeats: a Status
 *   monitor.coverage();                 // {seen_ms, could_not_tell: {reason: ms}} since the start
 *   monitor.closeAll(at);               // end what is open, go on watching (the page goes into the background for good, say)
 *   monitor.stop();                     // end what is open, and stop
 *
 * States: 'starting' (the worker loads), 'watching', 'could_not_tell' (with the reason), 'paused', 'failed' (with the code of
 * the failure: the page must say so; nothing is watched). `since` is when that state began.
 */

import { watchBattery } from './battery.js';
import * as camera from './camera.js';
import * as dwell from './dwell.js';
import { createGrabber, trackOf } from './frames.js';
import { createLedger } from './ledger.js';
import { aim, fps, paced, START as FULL_PACE } from './pace.js';
import { watchPage } from './page.js';
import { createWorkerClient } from './worker-client.js';

/** @typedef {'starting'|'watching'|'could_not_tell'|'paused'|'failed'} WatchState */
/** @typedef {import('./dwell.js').Observation} Observation */
/** @typedef {import('./dwell.js').Policy} Policy */
/**
 * @typedef {Object} Status
 * @property {WatchState} state
 * @property {string|null} reason
 * @property {number} since
 * @property {number} fps frames read in a second
 * @property {number} target_fps what the policy asks for
 * @property {'busy'|'battery'|null} slowed_by why it is slower than that
 * @property {number} frame_ms
 * @property {number} faces
 * @property {boolean} knows_look whether the candidate's neutral look is known: before that, nobody is looking away
 */
/** @typedef {ReturnType<typeof createMonitor>} Monitor */

/**
 * @param {Object} options
 * @param {() => number} options.now
 * @param {() => string} options.newId
 * @param {(observation: Observation) => void} options.onObservation
 * @param {(status: Status) => void} [options.onStatus]
 * @param {(reading: import('./face.js').Reading) => void} [options.onReading] each reading, for a test or a preview
 * @param {typeof createWorkerClient} [options.createClient]
 */
export function createMonitor({
  now,
  newId,
  onObservation,
  onStatus = () => {},
  onReading = () => {},
  createClient = createWorkerClient,
}) {
  /** @type {HTMLVideoElement|null} */
  let video = null;
  /** @type {Policy} */
  let policy = { thresholds: {} };
  let state = dwell.START;
  let cameraState = camera.START;
  const grab = createGrabber();
  let pace = FULL_PACE;
  let faces = 0;
  let isPaused = false;
  /** @type {string|null} */
  let failure = null;
  let isReady = false;
  let hasStarted = false;
  /** @type {string|null} */
  let trackId = null;
  let device = '';
  /** @type {ReturnType<typeof watchPage>|null} */
  let page = null;
  /** @type {ReturnType<typeof watchBattery>|null} */
  let battery = null;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let timer;
  const ledger = createLedger(now, () => onStatus(status()));
  const client = createClient({
    onstate(clientState, code) {
      isReady = clientState === 'ready';
      hasStarted ||= isReady;
      failure = clientState === 'failed' ? code : null;
      if (isReady) next(0);
      refresh();
    },
  });

  /** @param {{state: dwell.State, observations: Observation[]}} result */
  function take(result) {
    state = result.state;
    result.observations.forEach(onObservation);
    refresh();
  }

  /** @param {{state: camera.State, observations: Observation[]}} result */
  function takeCamera(result) {
    cameraState = result.state;
    result.observations.forEach(onObservation);
  }

  /** @param {import('./face.js').Reading|dwell.Unseen} input */
  function judge(input) {
    takeCamera(camera.step(cameraState, input, policy, newId));
    take(dwell.step(state, input, policy, newId));
  }

  /** @param {number} ms */
  function next(ms) {
    clearTimeout(timer);
    timer = setTimeout(tick, ms);
  }

  async function tick() {
    if (!video || isPaused) return;
    const started = now();
    // The next slot is set first, so that nothing that goes wrong in this one can stop the watch.
    next(pace.slotMs);
    meetCamera();
    const reason = blindness();
    if (reason) return judge({ at: started, could_not_tell: reason });
    if (client.isBusy) return refresh();
    const frame = await grab(video, started).catch(() => null);
    if (!frame) return judge({ at: started, could_not_tell: 'no_frames' });
    const answer = await client.read(frame, started);
    if (!answer || !video || isPaused) return;
    const at = now();
    pace = paced(pace, at, at - started);
    next(Math.max(0, started + pace.slotMs - at));
    // What was hidden or muted meanwhile may have changed what this frame shows.
    if (blindness()) return;
    faces = answer.reading.faces;
    onReading(answer.reading);
    judge(answer.reading);
  }

  /** Another camera looks from elsewhere and in another light: what was learned of the last one says nothing about it. */
  function meetCamera() {
    const track = video && trackOf(video);
    if (!track || track.id === trackId) return;
    if (trackId !== null) {
      takeCamera(camera.closeAll(cameraState, now()));
      take(dwell.closeAll(state, now()));
      cameraState = camera.START;
      // The same one, switched off and on, sees from where it saw before.
      if (deviceOf(track) !== device) state = dwell.START;
    }
    trackId = track.id;
    device = deviceOf(track);
  }

  /** Why no frame can tell anything now; null when one may. */
  function blindness() {
    if (document.hidden) return 'page_hidden';
    const track = video && trackOf(video);
    if (!track || track.readyState === 'ended') return 'track_ended';
    if (!track.enabled) return 'camera_off';
    if (track.muted) return 'track_muted';
    if (!isReady) return hasStarted ? 'worker_dead' : 'starting';
    return null;
  }

  /** @returns {import('./ledger.js').Shown} */
  function judged() {
    const at = now();
    if (failure) return { state: 'failed', reason: failure, since: at };
    if (isPaused) return { state: 'paused', reason: null, since: at };
    if (state.lookedAt === null || state.blind?.reason === 'starting') return { state: 'starting', reason: null, since: at };
    if (state.blind) return { state: 'could_not_tell', ...state.blind };
    if (at - state.lookedAt > dwell.GAP_MS) return { state: 'could_not_tell', reason: 'worker_behind', since: state.lookedAt };
    return { state: 'watching', reason: null, since: state.lookedAt };
  }

  const refresh = () => ledger.show(judged());

  /** @returns {Status} */
  function status() {
    const isWatching = ledger.shown.state === 'watching';
    return {
      ...ledger.shown,
      fps: isWatching ? fps(pace, now()) : 0,
      target_fps: pace.targetFps,
      slowed_by: pace.slowedBy,
      frame_ms: pace.frameMs,
      faces: isWatching ? faces : 0,
      knows_look: state.calibration !== null || state.looking.neutral.pose !== null,
    };
  }

  /** @param {number} at */
  function closeAll(at) {
    takeCamera(camera.closeAll(cameraState, at));
    take(dwell.closeAll(state, at));
    page?.closeAll(at);
  }

  return {
    /** @param {HTMLVideoElement} element @param {Policy} chosen @param {import('./calibration.js').Calibration|null} [calibration] */
    start(element, chosen, calibration = null) {
      video = element;
      policy = chosen;
      state = dwell.startWith(calibration);
      ledger.begin();
      page ??= watchPage({ now, newId, policy: () => policy, onobservation: onObservation });
      pace = aim(pace, policy.frames_per_second);
      battery ??= watchBattery((isLow) => {
        pace = aim(pace, policy.frames_per_second, isLow);
      });
      client.start();
      next(pace.slotMs);
      refresh();
      onStatus(status());
    },
    /** @param {Policy} chosen */
    setPolicy(chosen) {
      const before = policy;
      policy = chosen;
      pace = aim(pace, policy.frames_per_second, pace.isBatteryLow);
      takeCamera(camera.changePolicy(cameraState, before, chosen, now()));
      take(dwell.changePolicy(state, before, chosen, now()));
      page?.policyChanged(before, chosen);
    },
    pausePage: () => page?.pause(),
    resumePage: () => page?.resume(),
    pause() {
      if (isPaused) return;
      isPaused = true;
      clearTimeout(timer);
      closeAll(now());
      page?.pause();
      refresh();
    },
    resume() {
      if (!isPaused) return;
      isPaused = false;
      page?.resume();
      next(0);
      refresh();
    },
    retry: () => client.start(),
    /** @param {{at: number, people: number}} seen what the object detector saw in one picture */
    sawPeople(seen) {
      state = dwell.sawPeople(state, seen);
    },
    still: client.still,
    status() {
      refresh();
      return status();
    },
    coverage() {
      refresh();
      return ledger.coverage();
    },
    closeAll,
    stop() {
      clearTimeout(timer);
      closeAll(now());
      page?.stop();
      battery?.stop();
      page = battery = null;
      video = null;
      ledger.end();
      client.close();
    },
  };
}

/** @param {MediaStreamTrack} track @returns {string} the camera behind it */
function deviceOf(track) {
  return track.getSettings?.().deviceId ?? track.id;
}
