/**
 * Delivery of observations: each is stored before it is sent, and stays until the server has acknowledged it.
 *
 *   const outbox = await openOutbox({
 *     session, tab, page,               // whose observations; `tab` survives a reload, `page` does not
 *     send: (message) => link.request('observation', message),   // resolves on the acknowledgement, rejects with {code}
 *     now,                              // the clock that the observations are dated by
 *     onstate({pending, rejected, lost, is_durable}) {},         // whenever one of them changes
 *     onrejected({message, error}) {},  // the server will never take this one: kept aside, to be shown
 *   });
 *   outbox.online(); outbox.offline();  // the connection came; went
 *   await outbox.put(observation);      // stored (resolves), then sent
 *   outbox.pending();                   // how many wait for their acknowledgement
 *   outbox.isWaiting(id);               // whether something of that observation does
 *   await outbox.drained(5000);         // true once nothing waits; false when the time is over
 *   outbox.close();
 *
 * Messages are sent one at a time in the order of `seq`, which goes on after a reload. A message without an answer is
 * sent again after a growing wait, and at once when the connection comes back; the server acknowledges a repeat without
 * storing it twice. What a page left open when it crashed or was reloaded is closed by the next one, at the last moment at
 * which the old page was known to be alive.
 */

import { indexedDbStorage, memoryStorage } from './outbox-storage.js';
import { createSender } from './sender.js';

// The server has read the message and will answer the same for ever. Every other failure may pass.
const PERMANENT = new Set(['invalid', 'id_taken', 'ended']);
const MOST_WAITING = 1000;
const ALIVE_EVERY_MS = 1000;
const ADOPT_EVERY_TICKS = 10;
// A page of another tab that was not alive for this long is gone. Hidden pages tell it about once a minute.
const GONE_MS = 90_000;
const KEPT_MS = 30 * 24 * 3600 * 1000;

/**
 * @typedef {Object} Observation
 * @property {string} id
 * @property {string} kind
 * @property {string|null} reason
 * @property {number} started_at
 * @property {number|null} ended_at
 * @property {number} confidence
 * @property {Record<string, string|number|boolean|null>} detail
 */
/** @typedef {Observation & {seq: number}} Message */
/** @typedef {{code: string, message: string, field?: string|null}} Refusal */
/** @typedef {{pending: number, rejected: number, lost: number, is_durable: boolean}} OutboxState */
/** @typedef {import('./outbox-storage.js').Storage} Storage */
/** @typedef {Awaited<ReturnType<typeof openOutbox>>} Outbox */

/**
 * @param {Object} options
 * @param {string} options.session
 * @param {string} options.tab
 * @param {string} options.page
 * @param {(message: Message) => Promise<unknown>} options.send
 * @param {() => number} options.now
 * @param {Storage} [options.storage] IndexedDB where the browser has it, else memory
 * @param {(state: OutboxState) => void} [options.onstate]
 * @param {(rejected: {message: Message, error: Refusal}) => void} [options.onrejected]
 * @param {{answer?: number, firstWait?: number, aliveEvery?: number, gone?: number}} [options.times] ms
 */
export async function openOutbox({
  session,
  tab,
  page,
  send,
  now,
  storage: given,
  onstate = () => {},
  onrejected = () => {},
  times = {},
}) {
  let storage = given ?? (await indexedDbStorage().catch(() => memoryStorage()));
  let isDurable = storage.isDurable;
  /** @type {Message[]} */
  let queue = [];
  /** @type {Map<number, Storage>} where each message is stored */
  const home = new Map();
  /** @type {Set<string>} what this page has open */
  const openIds = new Set();
  let rejected = 0;
  let lost = 0;
  let ticks = 0;
  // Writes keep the order of the calls, whatever the storage does meanwhile.
  let writing = Promise.resolve();

  const sender = createSender({
    next: () => queue[0],
    send,
    permanent: PERMANENT,
    ondone: (message, error) =>
      error ? setAside(message, refusalOf(error)) : finish(message, (store) => store.settle(session, message.seq)),
    isEmpty: () => queue.length === 0,
    times,
  });
  const owner = () => ({ tab, page, at: now() });

  function changed() {
    onstate({ pending: queue.length, rejected, lost, is_durable: isDurable });
    sender.changed();
  }

  /** @param {Message[]} messages */
  function enqueue(messages) {
    for (const message of messages) {
      if (queue.some(({ seq }) => seq === message.seq)) continue;
      home.set(message.seq, storage);
      queue.push(message);
    }
    queue.sort((a, b) => a.seq - b.seq);
    changed();
    sender.wake();
  }

  /** @param {Message} message @param {(store: Storage) => Promise<void>} store */
  async function finish(message, store) {
    queue = queue.filter(({ seq }) => seq !== message.seq);
    // A storage that fails here only makes the message be sent again after a reload.
    await store(home.get(message.seq) ?? storage).catch(() => {});
    home.delete(message.seq);
    changed();
  }

  /** @param {Message} message @param {Refusal} error */
  async function setAside(message, error) {
    rejected += 1;
    await finish(message, (store) => store.reject(session, message.seq, error));
    onrejected({ message, error });
  }

  /** @param {Observation} observation */
  async function store(observation) {
    const isFull = queue.length >= (observation.ended_at === null ? MOST_WAITING : 2 * MOST_WAITING);
    if (isFull) {
      lost += 1;
      changed();
      throw new OutboxFull();
    }
    if (observation.ended_at === null) openIds.add(observation.id);
    else openIds.delete(observation.id);
    let message;
    try {
      message = await storage.add(session, observation, owner());
    } catch {
      // The browser took the storage away: what comes from now on is kept in memory, and the page can say so.
      isDurable = false;
      storage = memoryStorage(Math.max(0, ...queue.map(({ seq }) => seq)) + 1);
      message = await storage.add(session, observation, owner());
    }
    enqueue([message]);
  }

  async function adopt() {
    const found = await storage.adopt(session, owner(), now() - (times.gone ?? GONE_MS)).catch(() => []);
    if (found.length) enqueue(found);
  }

  async function stayAlive() {
    ticks += 1;
    if (openIds.size) await storage.alive(session, page, now()).catch(() => {});
    if (ticks % ADOPT_EVERY_TICKS === 0) await adopt();
  }

  await storage.sweep(now() - KEPT_MS).catch(() => {});
  rejected = (await storage.rejected(session).catch(() => [])).length;
  enqueue(await storage.waiting(session).catch(() => []));
  await adopt();
  const aliveTimer = setInterval(() => void stayAlive(), times.aliveEvery ?? ALIVE_EVERY_MS);

  return {
    /** @param {Observation} observation @returns {Promise<void>} resolves once it is stored; rejects with OutboxFull */
    put(observation) {
      const stored = writing.then(() => store(observation));
      writing = stored.catch(() => {});
      return stored;
    },
    online: sender.online,
    offline: sender.offline,
    pending: () => queue.length,
    /** @param {string} id */
    isWaiting: (id) => queue.some((message) => message.id === id),
    rejected: () => storage.rejected(session),
    /** @param {number} ms @returns {Promise<boolean>} */
    async drained(ms) {
      await writing;
      return sender.drained(ms);
    },
    close() {
      clearInterval(aliveTimer);
      sender.close();
    },
  };
}

/** Too much waits already: this observation was not taken, and `lost` counts it. */
export class OutboxFull extends Error {
  constructor() {
    super('Too many observations wait to be sent.');
    this.name = 'OutboxFull';
  }
}

/** @param {any} error @returns {Refusal} */
function refusalOf(error) {
  return { code: error?.code ?? 'unknown', message: error?.message ?? String(error), field: error?.field ?? null };
}
