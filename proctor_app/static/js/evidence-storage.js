/**
 * Where stills wait for their delivery: an IndexedDB of their own, and a memory one with the same methods for a browser that
 * refuses it and for tests.
 *
 *   add(session, still)             keep it; the first of an observation counts
 *   waiting(session)                all of the session, in the order in which they were taken
 *   settle(session, observation)    the server has it, or will never take it
 *   sweep(before)                   forget what was taken before then, of any session
 */

/** @typedef {import('./evidence-outbox.js').Still} Still */
/** @typedef {Still & {session: string}} Row */
/**
 * @typedef {Object} EvidenceStorage
 * @property {(session: string, still: Still) => Promise<void>} add
 * @property {(session: string) => Promise<Still[]>} waiting
 * @property {(session: string, observation: string) => Promise<void>} settle
 * @property {(before: number) => Promise<void>} sweep
 */

const DATABASE = 'proctor-evidence';
const VERSION = 1;
const STORE = 'stills';

/** @param {Row[]} rows @returns {Still[]} */
const inOrder = (rows) =>
  rows.map(({ observation, at, jpeg }) => ({ observation, at, jpeg })).sort((one, other) => one.at - other.at);

/** @returns {EvidenceStorage} */
export function evidenceMemory() {
  /** @type {Row[]} */
  let rows = [];
  return {
    async add(session, still) {
      if (!rows.some((row) => row.session === session && row.observation === still.observation)) rows.push({ session, ...still });
    },
    waiting: async (session) => inOrder(rows.filter((row) => row.session === session)),
    async settle(session, observation) {
      rows = rows.filter((row) => row.session !== session || row.observation !== observation);
    },
    async sweep(before) {
      rows = rows.filter(({ at }) => at >= before);
    },
  };
}

/**
 * Rejects where the browser has no IndexedDB or refuses it, as some do in private windows.
 * @returns {Promise<EvidenceStorage>}
 */
export async function indexedDbEvidence() {
  const database = await openDatabase();
  database.onversionchange = () => database.close();

  /**
   * @template T
   * @param {IDBTransactionMode} mode
   * @param {(store: IDBObjectStore) => Promise<T>} work
   * @returns {Promise<T>} once it is on the disk
   */
  async function transaction(mode, work) {
    const tx = database.transaction(STORE, mode);
    const done = new Promise((resolve, reject) => {
      tx.oncomplete = () => resolve(undefined);
      tx.onabort = () => reject(tx.error ?? new Error('The transaction was aborted.'));
    });
    // Whoever awaits `work` hears of a failure there; this promise must not report it once more.
    done.catch(() => {});
    const result = await work(tx.objectStore(STORE));
    await done;
    return result;
  }

  return {
    add: (session, still) =>
      transaction('readwrite', async (store) => {
        const there = await request(store.getKey([session, still.observation]));
        if (!there) await request(store.add({ session, ...still }));
      }),
    waiting: (session) =>
      transaction('readonly', async (store) => inOrder(await request(store.getAll(IDBKeyRange.bound([session], [session, []]))))),
    settle: (session, observation) =>
      transaction('readwrite', async (store) => void (await request(store.delete([session, observation])))),
    sweep: (before) =>
      transaction('readwrite', async (store) => {
        for (const row of await request(store.getAll())) {
          if (row.at < before) await request(store.delete([row.session, row.observation]));
        }
      }),
  };
}

/** @returns {Promise<IDBDatabase>} */
function openDatabase() {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(DATABASE, VERSION);
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore(STORE, { keyPath: ['session', 'observation'] });
    };
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
    opening.onblocked = () => reject(new Error('Another tab holds an old version of the stills open.'));
  });
}

/** @template T @param {IDBRequest<T>} asked @returns {Promise<T>} */
function request(asked) {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}
