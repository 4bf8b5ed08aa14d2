/**
 * Sends what waits, one message at a time, until the server has answered for it. Which message goes next, and where messages
 * are kept, is the business of whose outbox this is.
 *
 *   const sender = createSender({
 *     next: () => message,              // what may go out now; undefined when nothing may
 *     send: (message) => promise,       // resolves on the acknowledgement, rejects with {code}
 *     permanent: new Set(['invalid']),  // codes with which the server will answer the same for ever; every other failure may pass
 *     ondone: async (message, error) => {},    // the server has it, or (`error`) will never take it
 *     isEmpty: () => true,
 *   });
 *   sender.wake();                      // something may go out now that could not before
 *   sender.online(); sender.offline();  // the connection came; went
 *   sender.changed();                   // the number of messages that wait is another one
 *   await sender.drained(5000);         // true once nothing waits; false when the time is over
 *   sender.close();
 *
 * A message without an answer is sent again after a growing wait, or when the server said that it may be, and at once when the
 * connection comes back.
 */

const ANSWER_MS = 15_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;
const LONGEST_ASKED_MS = 60_000;

/** @typedef {{answer?: number, firstWait?: number}} SenderTimes ms */

/**
 * @template T
 * @param {Object} options
 * @param {() => T|undefined} options.next
 * @param {(message: T) => Promise<unknown>} options.send
 * @param {Set<string>} options.permanent
 * @param {(message: T, error: any) => Promise<void>} options.ondone
 * @param {() => boolean} options.isEmpty
 * @param {SenderTimes} [options.times]
 */
export function createSender({ next, send, permanent, ondone, isEmpty, times = {} }) {
  let isOnline = false;
  let isClosed = false;
  let isSending = false;
  let failures = 0;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let retryTimer;
  let connectionLost = () => {};
  /** @type {(() => void)[]} */
  let onEmpty = [];

  async function wake() {
    if (isSending || retryTimer) return;
    isSending = true;
    for (let message = next(); message && isOnline && !isClosed; message = next()) {
      if (!(await deliver(message))) break;
    }
    isSending = false;
  }

  /** @param {T} message @returns {Promise<boolean>} whether to go on with the next one now */
  async function deliver(message) {
    let refusal = null;
    try {
      await answerTo(message);
    } catch (error) {
      const code = /** @type {any} */ (error)?.code;
      // The connection went or came: it is sent again with the new one.
      if (code === 'superseded') return true;
      if (!permanent.has(code)) {
        const asked = Math.min(LONGEST_ASKED_MS, 1000 * (/** @type {any} */ (error)?.retryAfter ?? 0));
        const wait = asked || Math.min(LONGEST_WAIT_MS, (times.firstWait ?? FIRST_WAIT_MS) * 2 ** failures);
        // Whoever is told when to come back is not failing.
        if (!asked) failures += 1;
        retryTimer = setTimeout(retry, wait);
        return false;
      }
      refusal = error;
    }
    failures = 0;
    await ondone(message, refusal);
    return true;
  }

  function retry() {
    clearTimeout(retryTimer);
    retryTimer = undefined;
    void wake();
  }

  /** @param {T} message */
  async function answerTo(message) {
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    let timer;
    const givenUp = new Promise((_, reject) => {
      timer = setTimeout(() => reject({ code: 'timeout' }), times.answer ?? ANSWER_MS);
      connectionLost = () => reject({ code: 'superseded' });
    });
    try {
      await Promise.race([send(message), givenUp]);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    wake: () => void wake(),
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
    changed() {
      if (!isEmpty()) return;
      onEmpty.forEach((resolve) => resolve());
      onEmpty = [];
    },
    /** @param {number} ms @returns {Promise<boolean>} */
    async drained(ms) {
      if (isEmpty()) return true;
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
