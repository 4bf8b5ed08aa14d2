/** Selects for camera and microphone, on the check page and in the call. */

/**
 * Keep a select filled with the devices there are, and change to the one chosen.
 * @param {Object} options
 * @param {import('../call/media.js').Media} options.media
 * @param {import('../call/media.js').TrackKind} options.kind
 * @param {HTMLSelectElement} options.select
 * @param {(deviceId: string) => Promise<void>} [options.choose]
 * @param {(present: boolean) => void} [options.onfilled] whether there is anything to choose from
 * @returns {() => Promise<void>} fills it anew
 */
export function deviceSelect({ media, kind, select, choose = (id) => media.choose(kind, id), onfilled = () => {} }) {
  select.addEventListener('change', () => void choose(select.value));
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
