/** The dialog that shows a still. htmx fills it and base.js opens it; nothing of the last one may show in the next. */

import { element } from './page.js';

export function listen() {
  const dialog = element('still', HTMLDialogElement);
  dialog.addEventListener('close', () => element('still-body').replaceChildren());
}
