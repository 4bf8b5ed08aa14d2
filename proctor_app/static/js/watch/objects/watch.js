/**
 * The object watch of a candidate's page: the camera's picture about once a second in, observations out.
 *
 *   const objects = createObjectWatch({ now, newId, onObservation, onLook(look) {} });   // each look: {at, people, boxes, objects}
 *   objects.start(video, policy);
 *   objects.setPolicy(policy);  objects.pause();  objects.resume();  objects.closeAll(at);  objects.stop();
 *   objects.status();          // for heartbeats: 'off', 'starting', 'looking', 'no_picture' or 'failed'
 *
 * The model (9 MB) is loaded when the policy first asks for something that it is needed for: phone, book, several people, or
 * the difference between a head that is turned away and an empty chair. It is fetched after the face model, which matters more.
 */

import { grab, trackOf } from '../frames.js';
import { isOn } from '../policy.js';
import { createWorkerClient } from '../worker-client.js';
import * as detector from './look.js';

const LOOK_MS = 1000;
// While something is in view that may yet count, or end: twice as often, so that one wrong look weighs less.
const CLOSER_MS = 500;
// Of one processor core, the share that looking may take at most; on a slow computer the looks come further apart.
const SHARE = 0.25;
const SLOWEST_MS = 4000;
const SMOOTHING = 0.2;
// The face model is loading in these seconds.
const HEAD_START_MS = 4000;
const USED_FOR = ['phone_visible', 'book_visible', 'multiple_faces', 'absence', 'face_not_visible'];

/** @typedef {'off'|'starting'|'looking'|'no_picture'|'failed'} ObjectState */
/** @typedef {import('../dwell.js').Policy} Policy */
/** @typedef {import('../dwell.js').Observation} Observation */
/** @typedef {import('./look.js').Look} Look */
/** @typedef {ReturnType<typeof createObjectWatch>} ObjectWatch */

/** @returns {import('../worker-client.js').WorkerLike} */
function startWorker() {
  return new Worker(new URL('./worker.js', import.meta.url), { type: 'module', name: 'proctor-objects' });
}

/**
 * @param {Object} options
 * @param {() => number} options.now
 * @param {() => string} options.newId
 * @param {(observation: Observation) => void} options.onObservation
 * @param {(look: Look) => void} [options.onLook]
 * @param {() => import('../worker-client.js').WorkerLike} [options.spawn]
 * @param {number} [options.headStartMs]
 */
export function createObjectWatch({
  now,
  newId,
  onObservation,
  onLook = () => {},
  spawn = startWorker,
  headStartMs = HEAD_START_MS,
}) {
  /** @type {Policy} */
  let policy = { thresholds: {}, detectors: [] };
  let state = detector.START;
  /** @type {HTMLVideoElement|null} */
  let video = null;
  let isPaused = false;
  /** @type {import('../worker-client.js').ClientState|'closed'} */
  let clientState = 'closed';
  let lookMs = 0;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let timer;

  const client = createWorkerClient({
    onstate(next) {
      clientState = next;
    },
    spawn,
    model: '/models/objects',
    wasm: '/vendor/tfjs-backend-wasm',
    memory: { recall: () => null, remember: () => {} },
  });

  const isWanted = () => video !== null && !isPaused && USED_FOR.some((key) => isOn(policy, key));

  /** @param {detector.Result} result */
  function take(result) {
    state = result.state;
    result.observations.forEach(onObservation);
  }

  /** @param {number} ms */
  function next(ms) {
    clearTimeout(timer);
    timer = setTimeout(tick, ms);
  }

  async function tick() {
    if (!video || !isWanted()) return;
    if (clientState === 'closed') client.start();
    next(pace());
    if (!hasPicture() || clientState !== 'ready') return take(detector.unseen(state, now()));
    if (client.isBusy) return;
    const at = now();
    const frame = await grab(video).catch(() => null);
    if (!frame) return take(detector.unseen(state, at));
    const answer = await client.read(frame, at);
    // What was switched off, hidden or muted meanwhile may have changed what this picture shows.
    if (!answer || !isWanted() || !hasPicture()) return;
    lookMs = lookMs === 0 ? answer.ms : lookMs + SMOOTHING * (answer.ms - lookMs);
    const look = /** @type {Look} */ (/** @type {unknown} */ (answer.reading));
    onLook(look);
    take(detector.step(state, look, policy, newId));
    next(Math.max(0, at + pace() - now()));
  }

  /** How long from one look to the next, ms. */
  function pace() {
    const wanted = detector.isUndecided(state) ? CLOSER_MS : LOOK_MS;
    return Math.max(wanted, Math.min(SLOWEST_MS, lookMs / SHARE));
  }

  function hasPicture() {
    const track = video && trackOf(video);
    return !document.hidden && !!track && track.readyState === 'live' && track.enabled && !track.muted;
  }

  /** Look, or stop looking, as everything stands now. @param {number} [ms] */
  function follow(ms = 0) {
    if (isWanted()) return next(ms);
    clearTimeout(timer);
    client.close();
    clientState = 'closed';
    lookMs = 0;
  }

  /** @param {number} at */
  function closeAll(at) {
    take(detector.closeAll(state, at));
  }

  return {
    /** @param {HTMLVideoElement} element @param {Policy} chosen */
    start(element, chosen) {
      video = element;
      policy = chosen;
      follow(headStartMs);
    },
    /** @param {Policy} chosen */
    setPolicy(chosen) {
      take(detector.changePolicy(state, policy, chosen, now()));
      const was = isWanted();
      policy = chosen;
      if (isWanted() !== was) follow();
    },
    pause() {
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
      closeAll(now());
      video = null;
      follow();
    },
    /** @returns {ObjectState} */
    status() {
      if (!isWanted()) return 'off';
      if (clientState === 'failed') return 'failed';
      if (clientState !== 'ready') return 'starting';
      return hasPicture() ? 'looking' : 'no_picture';
    },
  };
}
