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

// The server has read the message and will answer the same for ever. Every other failure may pass.
const PERMANENT = new Set(['invalid', 'not_wanted', 'unknown_observation', 'not_found']);
const MOST_WAITING = 60;
const KEPT_MS = 3 * 24 * 3600 * 1000;
const ANSWER_MS = 15_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

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
  let isOnline = false;
  let isClosed = false;
  let isSending = false;
  let failures = 0;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let retryTimer;
  let connectionLost = () => {};
  /** @type {(() => void)[]} */
  let onEmpty = [];

  function changed() {
    onchange(queue.length);
    if (queue.length) return;
    onEmpty.forEach((resolve) => resolve());
    onEmpty = [];
  }

  const sendable = () => queue.find(({ observation }) => !isWaiting(observation));

  async function pump() {
    if (isSending || retryTimer) return;
    isSending = true;
    for (let still = sendable(); still && isOnline && !isClosed; still = sendable()) {
      if (!(await deliver(still))) break;
    }
    isSending = false;
  }

  /** @param {Still} still @returns {Promise<boolean>} whether to go on with the next one now */
  async function deliver(still) {
    try {
      await answerTo(still);
    } catch (error) {
      const code = /** @type {any} */ (error)?.code;
      if (code === 'superseded') return isOnline;
      if (!PERMANENT.has(code)) {
        const wait = Math.min(LONGEST_WAIT_MS, (times.firstWait ?? FIRST_WAIT_MS) * 2 ** failures);
        failures += 1;
        retryTimer = setTimeout(retry, wait);
        return false;
      }
    }
    failures = 0;
    queue = queue.filter(({ observation }) => observation !== still.observation);
    // A storage that fails here only makes it be sent again after a reload.
    await storage.settle(session, still.observation).catch(() => {});
    changed();
    return true;
  }

  function retry() {
    clearTimeout(retryTimer);
    retryTimer = undefined;
    void pump();
  }

  /** @param {Still} still */
  async function answerTo(still) {
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    let timer;
    const givenUp = new Promise((_, reject) => {
      timer = setTimeout(() => reject({ code: 'timeout' }), times.answer ?? ANSWER_MS);
      connectionLost = () => reject({ code: 'superseded' });
    });
    try {
      await Promise.race([send(still), givenUp]);
    } finally {
      clearTimeout(timer);
    }
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
      void pump();
    },
    observationSettled: () => void pump(),
    online() {
      isOnline = true;
      failures = 0;
      connectionLost();
      retry();
    },
    offline() {
      isOnline = false;
      connectionLost();
    },
    pending: () => queue.length,
    /** @param {number} ms @returns {Promise<boolean>} true once nothing waits, false when the time is over */
    async drained(ms) {
      if (!queue.length) return true;
      return new Promise((resolve) => {
        const timer = setTimeout(() => resolve(false), ms);
        onEmpty.push(() => {
          clearTimeout(timer);
          resolve(true);
        });
      });
    },
    close() {
      isClosed = true;
      clearTimeout(retryTimer);
      connectionLost();
    },
  };
}
