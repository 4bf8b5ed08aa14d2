/** The outbox of this page, joined to its connection. Also used after the end, when nothing is watched any more. */

import { openOutbox } from '../outbox.js';
import { EVENT } from '../protocol.js';
import { now } from '../watch/clock.js';

/**
 * @param {Object} options
 * @param {string} options.session
 * @param {{peer: string, tab: string}} options.identity
 * @param {() => import('../socket.js').Link} options.link the connection, once there is something to send
 * @param {(state: import('../outbox.js').OutboxState) => void} [options.onstate]
 */
export function openDelivery({ session, identity, link, onstate }) {
  return openOutbox({
    session,
    tab: identity.tab,
    page: identity.peer,
    send: (message) => link().request(EVENT.observation, message),
    now,
    onstate,
    onrejected: ({ message, error }) => console.error('The server does not take this observation:', message, error),
  });
}
