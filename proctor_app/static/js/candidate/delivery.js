/**
 * What this page has to hand over, joined to its connection: observations and, after each, its still. Also used after the
 * end, when nothing is watched any more.
 */

import { openEvidenceOutbox } from '../evidence-outbox.js';
import { openOutbox } from '../outbox.js';
import { EVENT } from '../protocol.js';
import { now } from '../watch/clock.js';

/** @typedef {Awaited<ReturnType<typeof openDelivery>>} Delivery */

/**
 * @param {Object} options
 * @param {string} options.session
 * @param {{peer: string, tab: string}} options.identity
 * @param {() => import('../socket.js').Link} options.link the connection, once there is something to send
 * @param {(state: import('../outbox.js').OutboxState) => void} [options.onstate]
 */
export async function openDelivery({ session, identity, link, onstate = () => {} }) {
  /** @type {import('../evidence-outbox.js').EvidenceOutbox|null} */
  let stills = null;
  const outbox = await openOutbox({
    session,
    tab: identity.tab,
    page: identity.peer,
    send: (message) => link().request(EVENT.observation, message),
    now,
    onstate(state) {
      onstate(state);
      stills?.observationSettled();
    },
    onrejected: ({ message, error }) => console.error('The server does not take this observation:', message, error),
  });
  const evidence = await openEvidenceOutbox({
    session,
    send: (still) => link().request(EVENT.evidence, still),
    isWaiting: outbox.isWaiting,
    now,
  });
  stills = evidence;

  return {
    put: outbox.put,
    putStill: evidence.put,
    online() {
      outbox.online();
      evidence.online();
    },
    offline() {
      outbox.offline();
      evidence.offline();
    },
    pending: () => outbox.pending() + evidence.pending(),
    /** @param {number} ms @returns {Promise<boolean>} true once nothing waits, false when the time is over */
    async drained(ms) {
      const began = performance.now();
      return (await outbox.drained(ms)) && evidence.drained(Math.max(0, ms - (performance.now() - began)));
    },
    close() {
      outbox.close();
      evidence.close();
    },
  };
}
