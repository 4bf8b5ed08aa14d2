/**
 * Delivery of stills: each is kept in the browser until the server has it, and goes out after its observation.
 *
 *   const stills = await openEvidenceOutbox({
 *     session,
 *     send: (message) => link.request('evidence', message),   // resolves on the acknowledgement, rejects with {code}
 *     isWaiting: outbox.isWaiting,      // whether the observation of that id is still to be acknowledged
 *     now,
 *     onchange(pending) {},
 *   });
 *   await stills.put({ observation, at, jpeg });   // kept (resolves), then sent; the first of an observation counts
 *   stills.observationSettled();        // an observation was acknowledged: a still may go out now
 *   stills.online(); stills.offline(); stills.pending(); await stills.drained(5000); stills.close();
 *
 * Only so many wait at a time, and none for longer than some days: this is a picture in somebody's browser. One too many
 * is not kept; an incident without its still is whole all the same.
 */

import { evidenceMemory, indexedDbEvidence } from './evidence-storage.js';
import { createSender } from './sender.js';

// The server has read the message and will answer the same for ever. Every other failure may pass.
const PERMANENT = new Set(['invalid', 'not_wanted', 'unknown_observation', 'not_found']);
const MOST_WAITING = 60;
const KEPT_MS = 3 * 24 * 3600 * 1000;

/** @typedef {{observation: string, at: number, jpeg: ArrayBuffer}} Still `at`: when it was taken, ms on this page's clock */
/** @typedef {import('./evidence-storage.js').EvidenceStorage} EvidenceStorage */
/** @typedef {Awaited<ReturnType<typeof openEvidenceOutbox>>} EvidenceOutbox */

/**
 * @param {Object} options
 * @param {string} options.session
 * @param {(message: Still) => Promise<unknown>} options.send
 * @param {(observation: string) => boolean} options.isWaiting
 * @param {() => number} options.now
 * @param {(pending: number) => void} [options.onchange]
 * @param {EvidenceStorage} [options.storage] IndexedDB where the browser has it, else memory
 * @param {{answer?: number, firstWait?: number}} [options.times] ms
 */
export async function openEvidenceOutbox({ session, send, isWaiting, now, onchange = () => {}, storage: given, times = {} }) {
  const storage = given ?? (await indexedDbEvidence().catch(() => evidenceMemory()));
  await storage.sweep(now() - KEPT_MS).catch(() => {});
  /** @type {Still[]} */
  let queue = await storage.waiting(session).catch(() => []);
  const sender = createSender({
    next: () => queue.find(({ observation }) => !isWaiting(observation)),
    send,
    permanent: PERMANENT,
    ondone: finish,
    isEmpty: () => queue.length === 0,
    times,
  });

  function changed() {
    onchange(queue.length);
    sender.changed();
  }

  /** @param {Still} still */
  async function finish(still) {
    queue = queue.filter(({ observation }) => observation !== still.observation);
    // A storage that fails here only makes it be sent again after a reload.
    await storage.settle(session, still.observation).catch(() => {});
    changed();
  }

  changed();
  return {
    /** @param {Still} still */
    async put(still) {
      if (queue.length >= MOST_WAITING || queue.some(({ observation }) => observation === still.observation)) return;
      queue.push(still);
      // In memory it is already: a storage that fails only loses it with the page.
      await storage.add(session, still).catch(() => {});
      changed();
      sender.wake();
    },
    observationSettled: sender.wake,
    online: sender.online,
    offline: sender.offline,
    pending: () => queue.length,
    /** true once nothing waits, false when the time is over */
    drained: sender.drained,
    close: sender.close,
  };
}
