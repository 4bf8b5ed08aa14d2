/**
 * The check page: runs each check of `checks/`, shows its card, and opens the way to the call.
 *
 *   const precheck = startPrecheck({ data, media, onjoin });
 *   precheck.mediaChanged();      // after media's onchange
 *   precheck.stop();
 */

import { watchLevel } from './call/media.js';
import { startCalibration } from './candidate/calibration.js';
import { deviceSelect } from './candidate/devices.js';
import { element, part, say } from './candidate/page.js';
import { checkBrowser } from './checks/browser.js';
import { checkCamera } from './checks/camera.js';
import { checkMicrophone } from './checks/microphone.js';
import { checkNetwork } from './checks/network.js';
import { reachServer } from './socket.js';

/** @typedef {import('./checks/browser.js').CheckResult} CheckResult */
/** @typedef {'camera'|'microphone'|'network'|'browser'} CheckName */

const WORDS = { checking: 'checking', ready: 'ready', attention: 'needs attention' };
const CHECKING = /** @type {CheckResult} */ ({ state: 'checking', message: '' });

/**
 * @param {Object} options
 * @param {import('./candidate/page.js').PageData} options.data
 * @param {import('./call/media.js').Media} options.media
 * @param {() => void} options.onjoin
 */
export function startPrecheck({ data, media, onjoin }) {
  const preview = element('preview', HTMLVideoElement);
  const level = element('level', HTMLMeterElement);
  const join = element('join-call', HTMLButtonElement);
  /** @type {Record<CheckName, CheckResult>} */
  const results = { camera: CHECKING, microphone: CHECKING, network: CHECKING, browser: CHECKING };
  /** The tracks that were checked, so that a change is told from a mere event. */
  /** @type {Record<'audio'|'video', MediaStreamTrack|null|undefined>} */
  const checked = { audio: undefined, video: undefined };
  const calibration = startCalibration({ session: data.session, policy: data.policy, video: preview });
  let stopListening = () => {};
  let opening = false;
  let stopped = false;

  const fillCameras = deviceSelect({
    media,
    kind: 'video',
    select: element('camera-select', HTMLSelectElement),
    onfilled: (present) => (element('camera-field').hidden = !present),
  });
  const fillMicrophones = deviceSelect({
    media,
    kind: 'audio',
    select: element('microphone-select', HTMLSelectElement),
    onfilled: (present) => (element('microphone-field').hidden = !present),
  });

  /** @param {CheckName} name @param {CheckResult} result */
  function show(name, result) {
    if (stopped) return;
    results[name] = result;
    const card = element(`check-${name}`);
    card.dataset.state = result.state;
    say(part(card, 'word'), WORDS[result.state]);
    if (result.message) say(part(card, 'message'), result.message);
    say(part(card, 'fix'), result.fix ?? '');
    part(card, 'again').hidden = result.state !== 'attention';
    showJoin();
  }

  function showJoin() {
    const all = Object.values(results);
    const blocked = all.some((one) => one.blocking);
    const checking = all.some((one) => one.state === 'checking');
    const attention = all.some((one) => one.state === 'attention');
    join.disabled = blocked || checking;
    say(/** @type {HTMLElement} */ (join.querySelector('[data-label]')), attention && !blocked ? 'Join anyway' : 'Join the interview');
    say(element('join-note'), joinNote(blocked, checking));
  }

  /** @param {boolean} blocked @param {boolean} checking */
  function joinNote(blocked, checking) {
    if (blocked) return 'You can join when the cards above that need attention are in order.';
    if (checking) return 'You can join when the checks are done.';
    const missing = [!media.track('video') && 'camera', !media.track('audio') && 'microphone'].filter(Boolean).join(' and without a ');
    if (missing) return `You can join without a ${missing}; the interviewer sees that.`;
    return 'The interviewer sees and hears you, and monitoring begins, when you join.';
  }

  async function runNetwork() {
    show('network', { state: 'checking', message: 'Asking the interview server.' });
    show('network', await checkNetwork({ reachServer, iceServers: data.ice_servers }));
  }

  async function runCamera() {
    const track = media.track('video');
    if (track === checked.video) return;
    checked.video = track;
    preview.srcObject = track ? new MediaStream([track]) : null;
    // Scrolled out of sight, what plays by its `autoplay` attribute alone is paused; what a script plays goes on.
    if (track) void preview.play().catch(() => {});
    element('preview-frame').hidden = !track;
    if (track) show('camera', { state: 'checking', message: 'Waiting for the first picture.' });
    const result = await checkCamera({ track, problem: media.problem('video'), video: preview });
    if (checked.video !== track) return;
    show('camera', result);
    calibration.cameraReady(result.state === 'ready');
  }

  function runMicrophone() {
    const track = media.track('audio');
    if (track === checked.audio) return;
    checked.audio = track;
    level.hidden = !track;
    stopListening();
    stopListening = checkMicrophone({
      track,
      problem: media.problem('audio'),
      watchLevel,
      onlevel: (value) => (level.value = value),
      onresult: (result) => show('microphone', result),
    });
  }

  async function openDevices() {
    [checked.audio, checked.video] = [undefined, undefined];
    const message = 'If the browser asks whether this page may use your camera and microphone, choose “Allow”.';
    show('camera', { state: 'checking', message });
    show('microphone', { state: 'checking', message });
    opening = true;
    await media.open();
    opening = false;
    mediaChanged();
  }

  function mediaChanged() {
    if (stopped || opening) return;
    void runCamera();
    runMicrophone();
    void fillCameras();
    void fillMicrophones();
  }

  /** @type {Record<CheckName, () => void>} */
  const again = {
    camera: openDevices,
    microphone: openDevices,
    network: runNetwork,
    browser: () => show('browser', checkBrowser()),
  };
  for (const name of /** @type {CheckName[]} */ (Object.keys(again))) {
    element(`check-${name}`).querySelector('[data-again]')?.addEventListener('click', again[name]);
  }
  join.addEventListener('click', () => {
    if (!join.disabled) onjoin();
  });
  again.browser();
  void runNetwork();
  void openDevices();

  return {
    mediaChanged,
    stop() {
      stopped = true;
      stopListening();
      calibration.stop();
      preview.srcObject = null;
    },
  };
}
