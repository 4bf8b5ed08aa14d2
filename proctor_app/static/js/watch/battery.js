/**
 * Whether the battery runs low, where the browser tells (Chromium; others do not, and then it never does).
 *
 * Nothing else of it is used, and nothing of it leaves the page but that the watch is slower for it.
 */

const LOW = 0.2;

/** @typedef {EventTarget & {charging: boolean, level: number}} Battery */

/** @param {(isLow: boolean) => void} onchange called at once where it is low, and on each change @returns {{stop: () => void}} */
export function watchBattery(onchange) {
  const events = new AbortController();
  let wasLow = false;

  /** @param {Battery} battery */
  function look(battery) {
    const isLow = !battery.charging && battery.level <= LOW;
    if (isLow === wasLow || events.signal.aborted) return;
    wasLow = isLow;
    onchange(isLow);
  }

  /** @type {Navigator & {getBattery?: () => Promise<Battery>}} */ (navigator)
    .getBattery?.()
    .then((battery) => {
      for (const event of ['levelchange', 'chargingchange']) {
        battery.addEventListener(event, () => look(battery), { signal: events.signal });
      }
      look(battery);
    })
    // Refused by a policy of the browser: then nobody knows.
    .catch(() => {});

  return { stop: () => events.abort() };
}
