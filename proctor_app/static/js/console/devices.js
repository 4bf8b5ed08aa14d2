/** One's own camera and microphone: switches, the self view, and the dialog to choose devices. A console works without any. */

import { watchLevel } from '../call/media.js';
import { element, say } from './page.js';

/** @typedef {import('../call/media.js').Media} Media */
/** @typedef {import('../call/media.js').TrackKind} TrackKind */

/** @type {{kind: TrackKind, name: 'microphone'|'camera', label: string}[]} */
const DEVICES = [
  { kind: 'audio', name: 'microphone', label: 'Microphone' },
  { kind: 'video', name: 'camera', label: 'Camera' },
];

/**
 * @param {Media} media
 * @returns {{mediaChanged: () => void}}
 */
export function createDevices(media) {
  const local = element('local-video', HTMLVideoElement);
  const dialog = element('devices', HTMLDialogElement);
  for (const { kind, name } of DEVICES) {
    element(`toggle-${name}`).addEventListener('click', () => void toggle(media, kind));
    const select = element(`choose-${name}`, HTMLSelectElement);
    select.addEventListener('change', () => void media.choose(kind, select.value));
  }
  element('try-devices').addEventListener('click', () => void media.open());
  meterWhileOpen(dialog, media);

  function mediaChanged() {
    for (const { kind, name, label } of DEVICES) {
      const on = media.isOn(kind);
      const button = element(`toggle-${name}`, HTMLButtonElement);
      button.disabled = false;
      button.setAttribute('aria-pressed', String(on));
      /** @type {HTMLElement} */ (button.querySelector('[data-label]')).textContent = `${label} ${on ? 'on' : 'off'}`;
    }
    element('self').dataset.on = String(media.isOn('video'));
    say(element('self-note'), media.problem('video')?.message ?? (media.isOn('video') ? '' : 'Your camera is off'));
    // A stream without tracks would keep the page loading for as long as the browser waits for the camera.
    const stream = media.stream.getTracks().length ? media.stream : null;
    if (local.srcObject !== stream) local.srcObject = stream;
    void local.play().catch(() => {});
    void fillSelects(media);
    say(element('device-problem'), problemWords(media.problem('video') ?? media.problem('audio')));
  }

  return { mediaChanged };
}

/** @param {import('../call/media.js').Problem|null} problem as the interviewer is told it: who runs the site can do more */
function problemWords(problem) {
  if (!problem) return '';
  const fix = problem.code === 'insecure' ? 'Serve this site over HTTPS, or open it on localhost.' : problem.fix;
  return `${problem.message} ${fix}`;
}

/** A switch whose device is not there tries to open it: it may have been connected or allowed meanwhile. */
async function toggle(/** @type {Media} */ media, /** @type {TrackKind} */ kind) {
  if (media.track(kind)) return media.setEnabled(kind, !media.isOn(kind));
  media.setEnabled(kind, true);
  await media.open();
  if (media.problem(kind)) element('devices', HTMLDialogElement).showModal();
}

/** @param {Media} media */
async function fillSelects(media) {
  const { cameras, microphones } = await media.devices();
  for (const { kind, name, label } of DEVICES) {
    const select = element(`choose-${name}`, HTMLSelectElement);
    const devices = kind === 'video' ? cameras : microphones;
    const options = devices.map((device, index) => new Option(device.label || `${label} ${index + 1}`, device.deviceId));
    select.replaceChildren(...(options.length ? options : [new Option(`No ${name} was found`, '')]));
    select.disabled = options.length === 0;
    select.value = media.deviceId(kind);
  }
}

/** The level meter runs while the dialog shows it. */
function meterWhileOpen(/** @type {HTMLDialogElement} */ dialog, /** @type {Media} */ media) {
  const meter = element('level', HTMLMeterElement);
  let stop = () => {};
  dialog.addEventListener('toggle', () => {
    stop();
    stop = () => {};
    const track = media.track('audio');
    if (!dialog.open || !track) return;
    stop = watchLevel(track, (level) => {
      meter.value = level;
    });
  });
}
