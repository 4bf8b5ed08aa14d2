/** Switches for microphone and camera, the devices panel, and the strip that says what is on. */

import { deviceSelect } from './devices.js';
import { disclosure, element, part, say } from './page.js';

/** @typedef {import('../call/media.js').TrackKind} TrackKind */

/** @type {{kind: TrackKind, name: 'microphone'|'camera', turnOff: string, turnOn: string}[]} */
const SWITCHES = [
  { kind: 'audio', name: 'microphone', turnOff: 'Mute', turnOn: 'Unmute' },
  { kind: 'video', name: 'camera', turnOff: 'Camera off', turnOn: 'Camera on' },
];

/**
 * @param {Object} options
 * @param {import('../call/media.js').Media} options.media
 * @param {(work: () => Promise<void>) => Promise<void>} options.aroundPrompt runs what may make the browser ask something
 * @returns {{mediaChanged: () => void}}
 */
export function createControls({ media, aroundPrompt }) {
  const self = element('self');
  const local = element('local-video', HTMLVideoElement);
  local.srcObject = media.stream;
  disclosure(element('devices'), element('device-panel'));
  const fill = SWITCHES.map(({ kind, name }) =>
    deviceSelect({
      media,
      kind,
      select: element(`call-${name}-select`, HTMLSelectElement),
      choose: (id) => aroundPrompt(() => media.choose(kind, id)),
    }),
  );
  for (const { kind, name } of SWITCHES) {
    element(`toggle-${name}`).addEventListener('click', () => void toggle(kind));
  }

  /** @param {TrackKind} kind */
  async function toggle(kind) {
    if (media.track(kind)) media.setEnabled(kind, !media.isOn(kind));
    else await aroundPrompt(() => media.open());
  }

  function mediaChanged() {
    for (const { kind, name, turnOff, turnOn } of SWITCHES) {
      const on = media.isOn(kind);
      const button = element(`toggle-${name}`);
      button.setAttribute('aria-pressed', String(on));
      say(/** @type {HTMLElement} */ (button.querySelector('[data-label]')), on ? turnOff : turnOn);
      const status = element(`${name}-status`);
      status.dataset.state = on ? 'on' : 'off';
      say(part(status, 'word'), on ? 'on' : 'off');
      const problem = media.problem(kind);
      say(element(`call-${name}-problem`), problem ? `${problem.message} ${problem.fix}` : '');
    }
    self.dataset.camera = media.isOn('video') ? 'on' : 'off';
    void local.play().catch(() => {});
    for (const one of fill) void one();
  }

  mediaChanged();
  return { mediaChanged };
}
