/**
 * `camera_changed`: another device, another resolution, or a name that is a virtual camera's. Pure part, and a thin watcher.
 *
 * Compared is what the camera is, not which track carries it: a camera that was switched off and on again is the same. A
 * picture whose sides are swapped is a phone that was turned. A name proves nothing, and says so (`hint`); no name but one
 * of the list below ever leaves the page.
 */

import { trackOf } from './frames.js';
import { isOn } from './policy.js';

// One look may fall between two formats; two that agree do not.
const LOOK_MS = 500;

// Programs that show anything as a camera: a file, a screen. Those that only carry or improve a real camera's picture (a telephone's,
// a blurred background) are not among them.
const VIRTUAL = [
  ...['OBS Virtual Camera', 'OBS-Camera', 'ManyCam', 'XSplit', 'SplitCam', 'vMix', 'Wirecast', 'CamTwist', 'Webcamoid'],
  ...['AlterCam', 'e2eSoft', 'YouCam', 'Unity Video Capture', 'Snap Camera', 'v4l2loopback', 'Dummy video device'],
];

/**
 * @typedef {Object} Camera
 * @property {string} device the browser's id of it on this page; empty for what is no device, such as a canvas
 * @property {number} width
 * @property {number} height
 * @property {string|null} virtual the name in `VIRTUAL` that its label holds
 */
/** @typedef {{recall: () => Camera|null, remember: (camera: Camera) => void}} Memory what the page keeps across a reload */
/** @typedef {import('./dwell.js').Observation} Observation */

/**
 * @param {MediaStreamTrack} track
 * @param {{videoWidth: number, videoHeight: number}} video
 * @returns {Camera}
 */
export function cameraOf(track, { videoWidth, videoHeight }) {
  const label = track.label.toLowerCase();
  const virtual = VIRTUAL.find((name) => label.includes(name.toLowerCase())) ?? null;
  return { device: track.getSettings().deviceId ?? '', width: videoWidth, height: videoHeight, virtual };
}

/**
 * What is to be told of a camera; null when nothing changed.
 * @param {Camera|null} before null for the first
 * @param {Camera} after
 * @returns {Observation['detail']|null}
 */
export function changeOf(before, after) {
  if (!before) return after.virtual ? { what: 'name', ...hintOf(after) } : null;
  const isSame = before.device === after.device && before.virtual === after.virtual;
  if (!isSame) return { what: after.device ? 'device' : 'no device', ...sizes(before, after), ...hintOf(after) };
  const isTurned = before.width === after.height && before.height === after.width;
  if (isTurned || (before.width === after.width && before.height === after.height)) return null;
  return { what: 'resolution', ...sizes(before, after) };
}

/** @param {Camera} camera @returns {Observation['detail']} */
function hintOf({ virtual }) {
  return virtual ? { virtual, hint: true } : {};
}

/** @param {Camera} before @param {Camera} after @returns {Observation['detail']} */
function sizes(before, after) {
  return { from: `${before.width}×${before.height}`, to: `${after.width}×${after.height}` };
}

/**
 * @param {Object} options
 * @param {() => number} options.now
 * @param {() => string} options.newId
 * @param {(observation: Observation) => void} options.onObservation
 * @param {Memory} [options.memory]
 */
export function createCameraWatch({ now, newId, onObservation, memory = { recall: () => null, remember: () => {} } }) {
  /** @type {HTMLVideoElement|null} */
  let video = null;
  /** @type {import('./dwell.js').Policy} */
  let policy = { thresholds: {} };
  /** @type {Camera|null} */
  let known = null;
  /** @type {{camera: Camera, at: number}|null} what the last look found other than `known`, and when it was first found */
  let found = null;
  let isPaused = false;
  /** @type {ReturnType<typeof setInterval>|undefined} */
  let timer;

  function look() {
    const track = video && trackOf(video);
    if (isPaused || !video || !track || track.readyState !== 'live' || !track.enabled || !video.videoWidth) return;
    const camera = cameraOf(track, video);
    if (!found || !isEqual(found.camera, camera)) {
      found = { camera, at: now() };
      return;
    }
    const detail = changeOf(known, camera);
    if (!known || !isEqual(known, camera)) memory.remember(camera);
    known = camera;
    if (!detail || !isOn(policy, 'camera_changed')) return;
    const at = Math.round(found.at);
    onObservation({ id: newId(), kind: 'camera_changed', reason: null, started_at: at, ended_at: at, confidence: 1, detail });
  }

  return {
    /** @param {HTMLVideoElement} element @param {import('./dwell.js').Policy} chosen */
    start(element, chosen) {
      video = element;
      policy = chosen;
      known = memory.recall();
      timer ??= setInterval(look, LOOK_MS);
    },
    /** @param {import('./dwell.js').Policy} chosen */
    setPolicy(chosen) {
      policy = chosen;
    },
    pause() {
      isPaused = true;
    },
    resume() {
      isPaused = false;
    },
    /** Nothing of this stays open. */
    closeAll() {},
    stop() {
      clearInterval(timer);
      timer = undefined;
      video = null;
    },
  };
}

/** @param {Camera} one @param {Camera} other */
function isEqual(one, other) {
  return /** @type {(keyof Camera)[]} */ (['device', 'width', 'height', 'virtual']).every((key) => one[key] === other[key]);
}
