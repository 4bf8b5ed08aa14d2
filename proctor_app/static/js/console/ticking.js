/** What moves with the clock alone: the length of the interview, of open incidents, and the end of the timeline. */

const EVERY_MS = 1000;

/** @param {number} seconds @returns {string} as incidents/words.py writes it: `6 s`, `1 min 04 s`, `1 h 02 min` */
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds + 0.5));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor(whole / 60) % 60)} min`;
}

/** @param {number} seconds @returns {string} time into the interview, as incidents/words.py writes it: `12:04`, `1:02:04` */
export function offset(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const rest = `${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return whole < 3600 ? rest : `${Math.floor(whole / 3600)}:${rest}`;
}

/** @param {number} number */
const two = (number) => String(number).padStart(2, '0');

/**
 * Tick once a second.
 * @param {() => number} now the server's time in ms
 * @param {() => void} ontoolong the timeline has reached its end and wants a longer scale
 */
export function tick(now, ontoolong) {
  setInterval(() => {
    for (const node of document.querySelectorAll('[data-since]')) write(node, duration((now() - since(node, 'since')) / 1000));
    const clock = document.querySelector('[data-clock]');
    if (!clock) return;
    const seconds = (now() - since(clock, 'clock')) / 1000;
    write(clock, offset(seconds));
    if (!grow(seconds)) ontoolong();
  }, EVERY_MS);
}

/** @param {Element} node @param {string} text */
function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** @param {Element} node @param {string} name */
const since = (node, name) => Number(/** @type {HTMLElement} */ (node).dataset[name]);

/**
 * Draw the timeline up to `seconds` into the interview.
 * @param {number} seconds
 * @returns {boolean} whether it still fits
 */
function grow(seconds) {
  const line = document.getElementById('timeline');
  const scale = Number(line?.dataset.scale);
  if (!line || !scale) return true;
  const percent = (/** @type {number} */ value) => `${Math.min(100, Math.max(0, (100 * value) / scale))}%`;
  line.querySelector('[data-grows]')?.setAttribute('width', percent(seconds));
  for (const name of ['x1', 'x2']) line.querySelector('[data-now]')?.setAttribute(name, percent(seconds));
  for (const mark of line.querySelectorAll('[data-from]')) {
    mark.setAttribute('width', percent(seconds - Number(/** @type {SVGElement} */ (mark).dataset.from)));
  }
  return seconds < scale;
}
