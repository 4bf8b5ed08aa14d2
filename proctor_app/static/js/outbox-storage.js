/**
 * Where the outbox keeps things: IndexedDB, and a memory one with the same methods for a browser that refuses it and for
 * tests. Each method is one transaction, so that two tabs of one candidate cannot take the same `seq`.
 *
 *   add(session, observation, owner)   give it the next `seq` and store it to be sent; remember it while it is open
 *   waiting(session)                   what is to be sent, in the order of `seq`
 *   settle(session, seq)               the server has it
 *   reject(session, seq, error)        the server will never have it: kept aside
 *   rejected(session)                  those: {message, error}
 *   alive(session, page, at)           that page was alive at that moment
 *   adopt(session, owner, before)      close what other pages left open: of the same tab, or not alive since `before`
 *   sweep(before)                      forget what began before then
 */

/** @typedef {import('./outbox.js').Observation} Observation */
/** @typedef {import('./outbox.js').Message} Message */
/** @typedef {import('./outbox.js').Refusal} Refusal */
/** @typedef {{tab: string, page: string, at: number}} Owner */
/** @typedef {{session: string, seq: number, message: Message, error: Refusal|null}} MessageRow */
/** @typedef {{session: string, id: string, tab: string, page: string, alive_at: number, observation: Observation}} OpenRow */
/**
 * @typedef {Object} Storage
 * @property {boolean} isDurable
 * @property {(session: string, observation: Observation, owner: Owner) => Promise<Message>} add
 * @property {(session: string) => Promise<Message[]>} waiting
 * @property {(session: string, seq: number) => Promise<void>} settle
 * @property {(session: string, seq: number, error: Refusal) => Promise<void>} reject
 * @property {(session: string) => Promise<{message: Message, error: Refusal}[]>} rejected
 * @property {(session: string, page: string, at: number) => Promise<void>} alive
 * @property {(session: string, owner: Owner, before: number) => Promise<Message[]>} adopt
 * @property {(before: number) => Promise<void>} sweep
 * @property {() => void} close
 */

const DATABASE = 'proctor-outbox';
const VERSION = 1;

/**
 * The observation of a page that is gone, closed at the last moment at which that page was known to be alive.
 * @param {OpenRow} row
 * @returns {Observation}
 */
function orphan({ observation, alive_at: aliveAt }) {
  const ended = Math.max(observation.started_at, Math.round(aliveAt));
  return { ...observation, ended_at: ended, detail: { ...observation.detail, closed_by: 'page_gone' } };
}

/** @param {OpenRow} row @param {Owner} owner @param {number} before */
function isOrphan(row, owner, before) {
  return row.page !== owner.page && (row.tab === owner.tab || row.alive_at < before);
}

/** @param {number} [firstSeq] @returns {Storage} */
export function memoryStorage(firstSeq = 1) {
  /** @type {Map<string, number>} */
  const next = new Map();
  /** @type {MessageRow[]} */
  let messages = [];
  /** @type {OpenRow[]} */
  let open = [];

  /** @param {string} session @param {Observation} observation @param {Owner} owner */
  function addNow(session, observation, { tab, page, at }) {
    const seq = next.get(session) ?? firstSeq;
    next.set(session, seq + 1);
    const message = { ...observation, seq };
    messages.push({ session, seq, message, error: null });
    open = open.filter((row) => row.session !== session || row.id !== observation.id);
    if (observation.ended_at === null) open.push({ session, id: observation.id, tab, page, alive_at: at, observation });
    return message;
  }

  return {
    isDurable: false,
    add: async (session, observation, owner) => addNow(session, observation, owner),
    waiting: async (session) => messages.filter((row) => row.session === session && !row.error).map((row) => row.message),
    async settle(session, seq) {
      messages = messages.filter((row) => row.session !== session || row.seq !== seq);
    },
    async reject(session, seq, error) {
      messages = messages.map((row) => (row.session === session && row.seq === seq ? { ...row, error } : row));
    },
    rejected: async (session) =>
      messages.flatMap(({ session: of, message, error }) => (of === session && error ? [{ message, error }] : [])),
    async alive(session, page, at) {
      open = open.map((row) => (row.session === session && row.page === page ? { ...row, alive_at: at } : row));
    },
    async adopt(session, owner, before) {
      const left = open.filter((row) => row.session === session && isOrphan(row, owner, before));
      return left.map((row) => addNow(session, orphan(row), owner));
    },
    async sweep(before) {
      messages = messages.filter((row) => row.message.started_at >= before);
      open = open.filter((row) => row.observation.started_at >= before);
    },
    close() {},
  };
}

/**
 * Rejects where the browser has no IndexedDB or refuses it, as some do in private windows.
 * @returns {Promise<Storage>}
 */
export async function indexedDbStorage() {
  const database = await openDatabase();
  database.onversionchange = () => database.close();

  /**
   * New messages are on the disk before they are sent (`strict`); that one was settled may be lost: it is sent again then.
   * @template T
   * @param {'strict'|'relaxed'} durability
   * @param {(stores: {messages: IDBObjectStore, open: IDBObjectStore, counters: IDBObjectStore}) => Promise<T>} work
   * @returns {Promise<T>}
   */
  async function transaction(durability, work) {
    const tx = database.transaction(['messages', 'open', 'counters'], 'readwrite', { durability });
    const done = new Promise((resolve, reject) => {
      tx.oncomplete = () => resolve(undefined);
      tx.onabort = () => reject(tx.error ?? new Error('The transaction was aborted.'));
    });
    // Whoever awaits `work` hears of a failure there; this promise must not report it once more.
    done.catch(() => {});
    const [messages, open, counters] = ['messages', 'open', 'counters'].map((name) => tx.objectStore(name));
    const result = await work({ messages, open, counters });
    await done;
    return result;
  }

  return {
    isDurable: true,
    add: (session, observation, owner) =>
      transaction('strict', (stores) => addRow(stores, session, observation, owner)),
    waiting: (session) =>
      transaction('relaxed', async ({ messages }) =>
        (await rowsOf(messages, session)).filter((row) => !row.error).map((row) => row.message),
      ),
    settle: (session, seq) =>
      transaction('relaxed', async ({ messages }) => void (await request(messages.delete([session, seq])))),
    reject: (session, seq, error) =>
      transaction('relaxed', async ({ messages }) => {
        const row = await request(messages.get([session, seq]));
        if (row) await request(messages.put({ ...row, error }));
      }),
    rejected: (session) =>
      transaction('relaxed', async ({ messages }) =>
        (await rowsOf(messages, session)).flatMap(({ message, error }) => (error ? [{ message, error }] : [])),
      ),
    alive: (session, page, at) =>
      transaction('relaxed', async ({ open }) => {
        for (const row of await rowsOf(open, session)) {
          if (row.page === page) await request(open.put({ ...row, alive_at: at }));
        }
      }),
    adopt: (session, owner, before) =>
      transaction('strict', async (stores) => {
        const closed = [];
        for (const row of await rowsOf(stores.open, session)) {
          if (isOrphan(row, owner, before)) closed.push(await addRow(stores, session, orphan(row), owner));
        }
        return closed;
      }),
    sweep: (before) =>
      transaction('relaxed', async ({ messages, open }) => {
        for (const row of await request(messages.getAll())) {
          if (row.message.started_at < before) await request(messages.delete([row.session, row.seq]));
        }
        for (const row of await request(open.getAll())) {
          if (row.observation.started_at < before) await request(open.delete([row.session, row.id]));
        }
      }),
    close: () => database.close(),
  };
}

/** @returns {Promise<IDBDatabase>} */
function openDatabase() {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(DATABASE, VERSION);
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore('messages', { keyPath: ['session', 'seq'] });
      opening.result.createObjectStore('open', { keyPath: ['session', 'id'] });
      opening.result.createObjectStore('counters', { keyPath: 'session' });
    };
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
    opening.onblocked = () => reject(new Error('Another tab holds an old version of the outbox open.'));
  });
}

/**
 * @param {{messages: IDBObjectStore, open: IDBObjectStore, counters: IDBObjectStore}} stores
 * @param {string} session
 * @param {Observation} observation
 * @param {Owner} owner
 * @returns {Promise<Message>}
 */
async function addRow({ messages, open, counters }, session, observation, { tab, page, at }) {
  const seq = (await request(counters.get(session)))?.next ?? 1;
  const message = { ...observation, seq };
  await request(counters.put({ session, next: seq + 1 }));
  await request(messages.add({ session, seq, message, error: null }));
  if (observation.ended_at === null) {
    await request(open.put({ session, id: observation.id, tab, page, alive_at: at, observation }));
  } else {
    await request(open.delete([session, observation.id]));
  }
  return message;
}

/** @param {IDBObjectStore} store @param {string} session @returns {Promise<any[]>} in the order of the store's key */
function rowsOf(store, session) {
  return request(store.getAll(IDBKeyRange.bound([session], [session, []])));
}

/** @template T @param {IDBRequest<T>} asked @returns {Promise<T>} */
function request(asked) {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}
