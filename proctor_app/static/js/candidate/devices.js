/** Selects for camera and microphone, on the check page and in the call. */

/** @typedef {import('../call/media.js').Media} Media */
/** @typedef {import('../call/media.js').TrackKind} TrackKind */

/**
 * Keep a select filled with the devices there are, and change to the one chosen.
 * @param {Media} media
 * @param {TrackKind} kind
 * @param {HTMLSelectElement} select
 * @param {(present: boolean) => void} [onfilled] whether there is anything to choose from
 * @returns {() => Promise<void>} fills it anew
 */
export function deviceSelect(media, kind, select, onfilled = () => {}) {
  select.addEventListener('change', () => void media.choose(kind, select.value));
  return async () => {
    const { cameras, microphones } = await media.devices();
    const devices = kind === 'video' ? cameras : microphones;
    const name = kind === 'video' ? 'Camera' : 'Microphone';
    const options = devices.map((device, index) => new Option(device.label || `${name} ${index + 1}`, device.deviceId));
    select.replaceChildren(...options);
    select.value = media.deviceId(kind);
    onfilled(devices.length > 0);
  };
}
