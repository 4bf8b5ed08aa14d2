/**
 * The bridge from the server's fragments to the page, and how the page heals itself.
 *
 * A part of the page may arrive three ways: in a fragment on the socket, in the answer to a form, and when the page asks
 * for everything after a lost connection. Each part carries `data-at`, the server's time at which its state was read,
 * and an older state never replaces a newer one.
 */

import { placeRows } from './rows.js';

const htmx = /** @type {any} */ (globalThis).htmx;

/** Attributes that belong to this page and not to the server: a part that is drawn anew keeps them. */
const OWN_ATTRIBUTES = ['data-local', 'aria-expanded'];

/** @typedef {{fragment: DocumentFragment, target: HTMLElement|null}} SwapTask */

/** Teach htmx what this page needs. Once, before anything is swapped. */
export function prepare() {
  htmx.config.morphIgnore.push(...OWN_ATTRIBUTES);
  /** @type {(old: Element, fragment: DocumentFragment, inner: boolean) => void} */
  let morph;
  htmx.registerExtension('rows', {
    init: (/** @type {any} */ api) => {
      morph = api.morph;
    },
    handle_swap: (/** @type {string} */ style, /** @type {HTMLElement} */ list, /** @type {DocumentFragment} */ fragment) =>
      style === 'rows' && placeRows(list, /** @type {HTMLElement[]} */ ([...fragment.children]), morph),
  });
  document.addEventListener('htmx:before:swap', dropOlder);
}

/** @param {Event} event */
function dropOlder(event) {
  /** @type {SwapTask[]} */
  const tasks = /** @type {CustomEvent} */ (event).detail.tasks;
  for (const task of [...tasks]) {
    const part = /** @type {HTMLElement|null} */ (task.fragment?.firstElementChild);
    if (Number(part?.dataset?.at) < Number(task.target?.dataset?.at)) tasks.splice(tasks.indexOf(task), 1);
  }
}

/** @param {string} html `<hx-partial>`s */
export function apply(html) {
  htmx.swap({ text: html, target: document.body, swap: 'none' });
}

/**
 * Ask for every part anew, or for those that time alone changes. When the interview has ended meanwhile, the server has
 * the whole page loaded again.
 * @param {import('./page.js').PageData} data
 * @param {'all'|'timed'} only
 */
export function refresh({ session, status }, only) {
  return htmx.ajax('GET', `/sessions/${session}/live?status=${status}&only=${only}`, { target: document.body, swap: 'none' });
}
