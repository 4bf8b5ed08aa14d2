/** The outbox of this page, joined to its connection. Also used after the end, when nothing is watched any more. */

import { openOutbox } from '../outbox.js';
import { indexedDbStorage, memoryStorage } from '../outbox-storage.js';
import { EVENT } from '../protocol.js';
import { now } from '../watch/clock.js';

/** @typedef {import('../outbox.js').OutboxState} OutboxState */

/**
 * @param {Object} options
 * @param {string} options.session
 * @param {{peer: string, tab: string}} options.identity
 * @param {import('../socket.js').Link} options.link
 * @param {(state: OutboxState) => void} [options.onstate]
 */
export async function openDelivery({ session, identity, link, onstate = () => {} }) {
  // Private windows may offer no database: then a reload loses what was not delivered yet, and `is_durable` says so.
  const storage = await indexedDbStorage().catch(() => memoryStorage());
  return openOutbox({
    session,
    tab: identity.tab,
    page: identity.peer,
    storage,
    send: (message) => link.request(EVENT.observation, message),
    now,
    onstate,
    onrejected: ({ message, error }) => console.error('The server does not take this observation:', message, error),
  });
}
