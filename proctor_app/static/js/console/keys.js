/** Incidents by keyboard and pointer: move, open details, confirm, dismiss with a reason, undo; and the note's key. */

import { element } from './page.js';

/** @typedef {HTMLElement} Row */

const list = () => element('incident-rows');
const shownRows = () => /** @type {Row[]} */ ([...list().children].filter((row) => row.checkVisibility()));
/** @returns {Row|null} */
const current = () => document.activeElement?.closest('.incident') ?? null;

/** What each key does. The verdict keys act on the row that has the focus, else on the latest that waits for one. */
const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  c: () => press('[data-testid="incident-confirm"]'),
  d: () => press('[data-dismisses]'),
  u: () => press('[data-testid="incident-undo"]'),
  s: () => press('[data-testid="incident-still"]'),
  n: () => element('note-input').focus(),
  ...Object.fromEntries(['0', '1', '2', '3', '4', '5'].map((key) => [key, () => mark(key)])),
  '?': () => element('help', HTMLDialogElement).showModal(),
};

export function listen() {
  document.addEventListener('keydown', keyPressed);
  document.addEventListener('click', clicked);
  document.addEventListener('submit', ({ target }) => keepWhilePointed(/** @type {Element} */ (target)), { capture: true });
}

/** @param {KeyboardEvent} event */
function keyPressed(event) {
  const target = /** @type {HTMLElement} */ (event.target);
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
  if (event.key === 'Escape') return leave(target);
  if (target.matches('input:not([type="radio"]), textarea, select')) return;
  if (event.key === 'Enter' && target.matches('.incident')) toggle(target, 'localOpen');
  const act = /** @type {Record<string, (() => void)|undefined>} */ (KEYS)[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

/** @param {number} step */
function move(step) {
  const rows = shownRows();
  const at = rows.indexOf(/** @type {Row} */ (current()));
  const next = at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + step));
  rows[next]?.focus();
  rows[next]?.scrollIntoView({ block: 'nearest' });
}

/** @param {string} selector of a button in the row */
function press(selector) {
  const row = current() ?? shownRows().find((one) => one.querySelector(selector));
  const button = /** @type {HTMLElement|null|undefined} */ (row?.querySelector(selector));
  if (!row || !button) return;
  row.focus();
  button.click();
}

/** @param {string} key of a phase, while the interview is on */
function mark(key) {
  const button = document.querySelector(`[data-phase-key="${key}"]`);
  if (button instanceof HTMLElement) button.click();
}

/** @param {HTMLElement} target a field that Escape leaves */
function leave(target) {
  const row = target.closest('.incident');
  if (row instanceof HTMLElement && row.dataset.localDismissing !== undefined) {
    toggle(row, 'localDismissing');
    row.focus();
  } else if (target.matches('input')) {
    target.blur();
  }
}

/** @param {MouseEvent} event */
function clicked(event) {
  const target = /** @type {Element} */ (event.target);
  const row = /** @type {Row|null} */ (target.closest('.incident'));
  if (row && target.closest('[data-expands]')) toggle(row, 'localOpen');
  if (row && target.closest('[data-dismisses]') && toggle(row, 'localDismissing')) {
    const reason = /** @type {HTMLElement} */ (row.querySelector('.incident__dismissal .input'));
    reason.focus();
    reason.scrollIntoView({ block: 'nearest' });
  }
  const mark = target.closest('.timeline__mark');
  if (mark) {
    event.preventDefault();
    show(mark.getAttribute('href')?.slice(1) ?? '');
  }
}

/** @param {Row} row @param {'localOpen'|'localDismissing'} what @returns {boolean} whether it is open now */
function toggle(row, what) {
  const opens = row.dataset[what] === undefined;
  if (opens) row.dataset[what] = '';
  else delete row.dataset[what];
  const button = row.querySelector(what === 'localOpen' ? '[data-expands]' : '[data-dismisses]');
  button?.setAttribute('aria-expanded', String(opens));
  return opens;
}

/** @param {string} id of a row to go to, whatever the filter */
function show(id) {
  const row = document.getElementById(id);
  if (!row) return;
  if (!row.checkVisibility()) /** @type {HTMLElement} */ (document.querySelector('[name="filter"][value="all"]')).click();
  row.focus();
  row.scrollIntoView({ block: 'nearest' });
}

/** A row that was just judged stays under the pointer, even where only those to review are shown. */
function keepWhilePointed(/** @type {Element} */ form) {
  const row = /** @type {Row|null} */ (form.closest('.incident'));
  if (row?.matches(':hover')) row.dataset.localKept = '';
}
