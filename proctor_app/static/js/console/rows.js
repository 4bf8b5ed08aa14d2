/**
 * The list of incidents: where a row goes, and that nothing moves under the pointer while rows come in above it.
 */

/**
 * Add or change rows of the list, which is sorted by `data-order`, highest first.
 * @param {HTMLElement} list
 * @param {HTMLElement[]} rows as the server drew them
 * @param {(old: Element, fragment: DocumentFragment, inner: boolean) => void} morph htmx's own
 * @returns {HTMLElement[]} the rows that were touched, for htmx to look through
 */
export function placeRows(list, rows, morph) {
  /** @type {HTMLElement[]} */
  const touched = [];
  keepPlace(list, () => {
    for (const row of rows) {
      const known = document.getElementById(row.id);
      if (known && Number(known.dataset.at) > Number(row.dataset.at)) continue;
      touched.push(known ? changeRow(known, row, morph) : addRow(list, row));
    }
  });
  return touched;
}

/** @param {HTMLElement} known @param {HTMLElement} row @param {(old: Element, fragment: DocumentFragment, inner: boolean) => void} morph */
function changeRow(known, row, morph) {
  const hadFocus = known.contains(document.activeElement);
  if (known.dataset.verdict !== row.dataset.verdict) delete known.dataset.localDismissing;
  const fragment = new DocumentFragment();
  fragment.append(row);
  morph(known, fragment, false);
  if (hadFocus) goOnFrom(known);
  return known;
}

/** The button that was pressed may be gone, and where only those to review are shown, so may the row. @param {HTMLElement} row */
function goOnFrom(row) {
  if (row.checkVisibility()) {
    if (!row.contains(document.activeElement)) row.focus({ preventScroll: true });
    return;
  }
  const others = /** @type {HTMLElement[]} */ ([...(row.parentElement?.children ?? [])]).filter((one) => one.checkVisibility());
  const next = others.find((one) => Number(one.dataset.order) < Number(row.dataset.order)) ?? others.at(-1);
  next?.focus({ preventScroll: true });
}

/** @param {HTMLElement} list @param {HTMLElement} row */
function addRow(list, row) {
  const after = /** @type {HTMLElement[]} */ ([...list.children]).find((one) => Number(one.dataset.order) < Number(row.dataset.order));
  row.classList.add('fade-in');
  list.insertBefore(row, after ?? null);
  return row;
}

// ------------------------------------------------------------- nothing jumps

/** The row that must not move: the one pointed at, else the one with the focus, else the first in view of a scrolled list. */
function anchorOf(/** @type {HTMLElement} */ list) {
  const pointed = list.querySelector('.incident:hover');
  const focused = list.contains(document.activeElement) ? document.activeElement?.closest('.incident') : null;
  if (pointed ?? focused) return /** @type {HTMLElement} */ (pointed ?? focused);
  if (list.scrollTop === 0) return null;
  const top = list.getBoundingClientRect().top;
  return /** @type {HTMLElement|undefined} */ ([...list.children].find((row) => row.getBoundingClientRect().bottom > top)) ?? null;
}

/** @param {HTMLElement} list @param {() => void} change */
function keepPlace(list, change) {
  const anchor = anchorOf(list);
  const before = anchor?.getBoundingClientRect().top ?? 0;
  const count = list.children.length;
  change();
  const moved = anchor ? anchor.getBoundingClientRect().top - before : 0;
  if (!moved) return;
  // A list that is not full cannot scroll by itself: it gets room at its end until the pointer has left.
  const last = /** @type {HTMLElement} */ (list.lastElementChild);
  const room = list.scrollTop + moved + list.clientHeight - (last.offsetTop + last.offsetHeight);
  list.style.setProperty('--room', `${Math.max(0, room)}px`);
  list.scrollTop += moved;
  list.dispatchEvent(new CustomEvent('rows:above', { detail: list.children.length - count }));
}

/**
 * Say how many rows came in above what is in view, and go back to the top once the pointer has left.
 * @param {HTMLElement} list
 * @param {HTMLElement} button says “2 newer”; pressing it goes there
 */
export function watchPlace(list, button) {
  let newer = 0;
  const show = () => {
    button.hidden = newer === 0;
    /** @type {HTMLElement} */ (button.lastElementChild).textContent = `${newer} newer`;
  };
  const toTop = () => {
    list.style.removeProperty('--room');
    list.scrollTop = 0;
    newer = 0;
    show();
  };
  list.addEventListener('rows:above', (event) => {
    newer += Math.max(0, /** @type {CustomEvent<number>} */ (event).detail);
    show();
  });
  list.addEventListener('scroll', () => {
    if (list.scrollTop < 8 && newer) toTop();
  });
  list.addEventListener('pointerleave', () => {
    for (const row of list.querySelectorAll('[data-local-kept]')) row.removeAttribute('data-local-kept');
    if (newer && !list.contains(document.activeElement)) toTop();
  });
  button.addEventListener('click', toTop);
}
