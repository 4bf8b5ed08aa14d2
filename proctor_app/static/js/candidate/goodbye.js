/** After the end: hands over what is left in the outbox, shows how far it is, and says goodbye to the server. */

import { EVENT, NAMESPACE } from '../protocol.js';
import { connect } from '../socket.js';
import { now } from '../watch/clock.js';
import { openDelivery } from './delivery.js';
import { element, part, say } from './page.js';

const ROUND_MS = 5000;
const GOODBYE_MS = 5000;

/**
 * @param {import('../socket.js').Link} link
 * @param {import('./delivery.js').Delivery} outbox
 */
export async function sayGoodbye(link, outbox) {
  const most = Math.max(1, outbox.pending());
  show('sending', 'Sending the last notes…', 0, most);
  while (!(await drainedShowing(outbox, most))) {
    show('waiting', 'Sending the last notes… The connection is slow or lost; please leave this page open.', most - outbox.pending(), most);
  }
  await link.request(EVENT.goodbye, {}, GOODBYE_MS).catch(() => {});
  link.close();
  outbox.close();
  show('done', 'Everything has been handed over. You can close this page.', 0, 0);
}

/**
 * A later visit, or the first after the connection was lost: there may be notes in this browser that never arrived.
 * @param {import('./page.js').PageData} data
 * @param {{peer: string, tab: string}} identity
 */
export async function deliverLeftovers({ session }, identity) {
  const outbox = await openDelivery({ session, identity, link: () => link });
  if (outbox.pending() === 0) return outbox.close();
  const link = connect({
    namespace: NAMESPACE.candidate,
    session,
    identity,
    now,
    onstate: (state) => (state === 'connected' ? outbox.online() : outbox.offline()),
  });
  await sayGoodbye(link, outbox);
}

/** @param {import('./delivery.js').Delivery} outbox @param {number} most @returns {Promise<boolean>} */
async function drainedShowing(outbox, most) {
  const shown = setInterval(() => show('sending', 'Sending the last notes…', most - outbox.pending(), most), 200);
  const drained = await outbox.drained(ROUND_MS);
  clearInterval(shown);
  return drained;
}

/** @param {'sending'|'waiting'|'done'} state @param {string} message @param {number} value @param {number} max */
function show(state, message, value, max) {
  const notes = element('last-notes');
  notes.dataset.state = state;
  say(part(notes, 'message'), message);
  const progress = /** @type {HTMLProgressElement} */ (part(notes, 'progress'));
  progress.hidden = max === 0;
  progress.max = Math.max(1, max);
  progress.value = value;
}
