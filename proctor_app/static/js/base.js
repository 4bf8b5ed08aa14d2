/**
 * What every page does: copy buttons, questions before a form is sent, messages that can be put away, and times
 * in the reader's own time zone. It listens on the document, so parts that htmx swaps in work without being wired.
 */

const COPIED_FOR_MS = 2000;

/**
 * Copy `text`. Browsers offer the clipboard only on HTTPS and localhost; elsewhere the old command still works.
 * @param {string} text
 * @returns {Promise<boolean>} whether it is on the clipboard now
 */
async function copy(text) {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Refused, by a permission for example: try the other way.
    }
  }
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'visually-hidden';
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  return done;
}

/**
 * Copy what `button` points at and say so on the button for a moment.
 * @param {HTMLElement} button with `data-copy`, a selector of an input or of an element with text
 */
async function copyFrom(button) {
  const source = document.querySelector(button.dataset.copy ?? '');
  if (!source) return;
  const text = source instanceof HTMLInputElement ? source.value : (source.textContent ?? '').trim();
  const label = button.querySelector('[data-label]') ?? button;
  const usual = button.dataset.usualLabel ?? label.textContent ?? '';
  button.dataset.usualLabel = usual;
  const done = await copy(text);
  if (!done && source instanceof HTMLInputElement) source.select();
  label.textContent = done ? 'Copied' : 'Press Ctrl-C';
  setTimeout(() => { label.textContent = usual; }, COPIED_FOR_MS);
}

/**
 * Ask before `form` is sent. Resolves to the person's answer; Escape is a no.
 * @param {HTMLFormElement} form with `data-confirm`, and maybe `data-confirm-text`, `data-confirm-action`
 * @returns {Promise<boolean>}
 */
function ask(form) {
  const dialog = /** @type {HTMLDialogElement | null} */ (document.getElementById('confirm'));
  if (!dialog) return Promise.resolve(window.confirm(form.dataset.confirm));
  const set = (/** @type {string} */ part, /** @type {string | undefined} */ text) => {
    const node = /** @type {HTMLElement} */ (dialog.querySelector(`[data-part="${part}"]`));
    node.textContent = text ?? '';
    node.hidden = !text;
  };
  set('title', form.dataset.confirm);
  set('text', form.dataset.confirmText);
  set('action', form.dataset.confirmAction ?? 'Continue');
  dialog.returnValue = '';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true });
  });
}

/**
 * Write times in the reader's language and zone: `24 Nov, 14:05`, with the full date on hover.
 * @param {ParentNode} root
 */
function localise(root) {
  const thisYear = new Date().getFullYear();
  for (const node of root.querySelectorAll('time[data-local]')) {
    const at = new Date(node.getAttribute('datetime') ?? '');
    if (Number.isNaN(at.getTime())) continue;
    /** @type {Intl.DateTimeFormatOptions} */
    const short = { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' };
    if (at.getFullYear() !== thisYear) short.year = 'numeric';
    node.textContent = new Intl.DateTimeFormat(undefined, short).format(at);
    node.setAttribute('title', new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' }).format(at));
    node.removeAttribute('data-local');
  }
}

document.addEventListener('click', (event) => {
  const target = /** @type {Element} */ (event.target);
  const copyButton = target.closest('[data-copy]');
  if (copyButton instanceof HTMLElement) void copyFrom(copyButton);
  target.closest('[data-dismiss]')?.closest('.flash')?.remove();
  const opener = target.closest('[data-opens]');
  if (opener instanceof HTMLElement) {
    const dialog = document.querySelector(opener.dataset.opens ?? '');
    if (dialog instanceof HTMLDialogElement) dialog.showModal();
  }
  if (target.closest('[data-closes]')) target.closest('dialog')?.close();
});

// In the capture phase, before htmx or the browser sends the form.
/** @type {WeakSet<HTMLFormElement>} */
const confirmed = new WeakSet();
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.dataset.confirm) return;
  if (confirmed.delete(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const submitter = event.submitter;
  void ask(form).then((yes) => {
    if (!yes) return;
    confirmed.add(form);
    form.requestSubmit(submitter);
  });
}, { capture: true });

document.addEventListener('htmx:after:swap', () => localise(document));
localise(document);
