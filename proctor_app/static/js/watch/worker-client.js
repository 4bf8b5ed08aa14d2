/**
 * The page's side of the vision worker: a promise for each frame, and a worker that is started again when it dies.
 *
 *   const client = createWorkerClient({ onstate(state, code) {} });   // 'starting' | 'ready' | 'failed'
 *   client.start();
 *   const answer = client.read(frame, at);     // Promise<{reading, ms}|null>; null at once when busy or not ready
 *   const jpeg = await client.still('still');  // Promise<ArrayBuffer|null> of the frame read last; null when it cannot be made
 *   client.close();
 *
 * A frame is closed or handed over in every case. A worker that does not answer in time is ended and started again,
 * after a longer wait each time. After `TRIES` failures in a row it counts as failed, and is tried again only now and then;
 * for a reason that no retry cures, not at all.
 */

export const TRIES = 5;
// The engine and the model are 15 MB, which a slow line takes this long for.
const OPEN_TIMEOUT_MS = 120_000;
const FRAME_TIMEOUT_MS = 8000;
const BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 10_000;
const NOW_AND_THEN_MS = 30_000;
const BAD_FRAMES = 5;
const INCURABLE = new Set(['no_webgl', 'no_wasm', 'no_module_worker', 'model_wrong', 'model_unusable']);
const STORED = 'proctor.engine';

/** @typedef {'starting'|'ready'|'failed'} ClientState */
/** @typedef {{reading: import('./face.js').Reading, ms: number}} Read */
/**
 * What is used of a browser's Worker.
 * @typedef {Object} WorkerLike
 * @property {(message: any, transfer: Transferable[]) => void} postMessage
 * @property {() => void} terminate
 * @property {any} onmessage
 * @property {any} onerror
 * @property {any} onmessageerror
 */
/** @typedef {ReturnType<typeof createWorkerClient>} WorkerClient */

/** @typedef {import('./engine.js').Choice} Choice */
/** @typedef {{recall: () => Choice|null, remember: (choice: Choice) => void}} ChoiceMemory which processor was the faster one */

/** @returns {WorkerLike} @throws {Error} whose message is the failure's code */
function startWorker() {
  let isModule = false;
  const options = {
    name: 'proctor-watch',
    // A browser without module workers never asks, and would run the file as something else.
    get type() {
      isModule = true;
      return /** @type {const} */ ('module');
    },
  };
  const worker = new Worker(new URL('./worker.js', import.meta.url), options);
  if (isModule) return worker;
  worker.terminate();
  throw new Error('no_module_worker');
}

/** @returns {ChoiceMemory} in this browser, for the next interviews; forgetful where it stores nothing */
function browserMemory() {
  return {
    recall() {
      try {
        return JSON.parse(localStorage.getItem(STORED) ?? 'null');
      } catch {
        return null;
      }
    },
    remember(choice) {
      try {
        localStorage.setItem(STORED, JSON.stringify(choice));
      } catch {
        // Then it is measured again.
      }
    },
  };
}

/**
 * @param {Object} options
 * @param {(state: ClientState, code: string|null) => void} options.onstate
 * @param {() => WorkerLike} [options.spawn]
 * @param {string} [options.model]
 * @param {string} [options.wasm]
 * @param {ChoiceMemory} [options.memory]
 * @param {{open?: number, frame?: number, backoff?: number, later?: number}} [options.timeouts] ms
 */
export function createWorkerClient({
  onstate,
  spawn = startWorker,
  model = '/models/face_landmarker.task',
  wasm = '/vendor/tasks-vision/wasm',
  memory = browserMemory(),
  timeouts = {},
}) {
  /** @type {WorkerLike|null} */
  let worker = null;
  /** @type {ClientState|'idle'} */
  let state = 'idle';
  let failures = 0;
  let badFrames = 0;
  /** @type {Choice|null} what the worker computes on */
  let using = null;
  /** @type {((read: Read|null) => void)|null} */
  let waiting = null;
  /** @type {Map<number, (jpeg: ArrayBuffer|null) => void>} by the number of the still */
  const stills = new Map();
  let lastStill = 0;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let timer;

  /** @param {ClientState} next @param {string|null} [code] */
  function setState(next, code = null) {
    state = next;
    onstate(next, code);
  }

  function start() {
    if (worker || state === 'starting') return;
    clearTimeout(timer);
    failures = 0;
    launch();
  }

  function launch() {
    if (failures < TRIES) setState('starting');
    try {
      worker = spawn();
    } catch (error) {
      return fail(error instanceof Error && error.message === 'no_module_worker' ? error.message : 'no_worker');
    }
    worker.onmessage = (/** @type {MessageEvent<import('./worker.js').Answer>} */ { data }) => heard(data);
    // A module that cannot be loaded, or an error outside of any message: nothing more will come.
    worker.onerror = (/** @type {ErrorEvent} */ event) => {
      event.preventDefault?.();
      fail('worker_died');
    };
    worker.onmessageerror = () => fail('worker_died');
    using = memory.recall();
    worker.postMessage({ type: 'open', model, wasm, choice: using }, []);
    expectAnswer(timeouts.open ?? OPEN_TIMEOUT_MS);
  }

  /**
   * Give up on the worker when no answer came in `ms`. A laptop that slept wakes with this timer long overdue and the
   * answer not yet delivered, so a late timer grants the same time again.
   * @param {number} ms
   */
  function expectAnswer(ms) {
    const due = performance.now() + ms;
    later(() => (performance.now() > due + 1000 ? expectAnswer(ms) : fail('worker_hung')), ms);
  }

  /** @param {import('./worker.js').Answer} answer */
  function heard(answer) {
    if (answer.type === 'still') return settleStill(answer.id, answer.jpeg);
    if (answer.type === 'measured') {
      using = { key: answer.key, delegate: answer.delegate };
      return memory.remember(using);
    }
    clearTimeout(timer);
    if (answer.type === 'ready') {
      using = { key: answer.key, delegate: answer.delegate };
      return setState('ready');
    }
    if (answer.type === 'reading') {
      failures = 0;
      badFrames = 0;
      return settle({ reading: answer.reading, ms: answer.ms });
    }
    if (answer.code !== 'frame_failed') return fail(answer.code);
    badFrames += 1;
    if (badFrames >= BAD_FRAMES) return fail(answer.code);
    settle(null);
  }

  /** @param {number} id @param {ArrayBuffer|null} jpeg */
  function settleStill(id, jpeg) {
    stills.get(id)?.(jpeg);
    stills.delete(id);
  }

  function endWorker() {
    worker?.terminate();
    worker = null;
    for (const id of [...stills.keys()]) settleStill(id, null);
  }

  /** @param {Read|null} read */
  function settle(read) {
    const resolve = waiting;
    waiting = null;
    resolve?.(read);
  }

  /** @param {string} code */
  function fail(code) {
    clearTimeout(timer);
    endWorker();
    // A card that fails once is not trusted again: the processor always works.
    if (using?.delegate === 'GPU') memory.remember({ ...using, delegate: 'CPU' });
    badFrames = 0;
    failures += 1;
    settle(null);
    const isFailed = failures >= TRIES || INCURABLE.has(code);
    setState(isFailed ? 'failed' : 'starting', code);
    if (INCURABLE.has(code)) return;
    if (isFailed) return later(launch, timeouts.later ?? NOW_AND_THEN_MS);
    const wait = Math.min(LONGEST_BACKOFF_MS, (timeouts.backoff ?? BACKOFF_MS) * 2 ** (failures - 1));
    later(launch, wait);
  }

  /** @param {() => void} work @param {number} ms */
  function later(work, ms) {
    clearTimeout(timer);
    timer = setTimeout(work, ms);
  }

  /**
   * @param {ImageBitmap|VideoFrame} frame
   * @param {number} at when it was taken
   * @returns {Promise<Read|null>}
   */
  function read(frame, at) {
    if (!worker || state !== 'ready' || waiting) {
      frame.close();
      return Promise.resolve(null);
    }
    worker.postMessage({ type: 'frame', frame, at }, [frame]);
    expectAnswer(timeouts.frame ?? FRAME_TIMEOUT_MS);
    return new Promise((resolve) => {
      waiting = resolve;
    });
  }

  /**
   * @param {'still'|'line_art'} style
   * @param {import('./picture.js').Box[]} [things] what else it must show
   * @returns {Promise<ArrayBuffer|null>}
   */
  function still(style, things = []) {
    const running = state === 'ready' ? worker : null;
    if (!running) return Promise.resolve(null);
    const id = (lastStill += 1);
    return new Promise((resolve) => {
      stills.set(id, resolve);
      running.postMessage({ type: 'still', id, style, things }, []);
    });
  }

  return {
    start,
    read,
    still,
    /** @returns {import('./engine.js').Delegate|null} what it computes on; null before it is known */
    get delegate() {
      return state === 'ready' ? (using?.delegate ?? null) : null;
    },
    get isBusy() {
      return state !== 'ready' || waiting !== null;
    },
    close() {
      clearTimeout(timer);
      endWorker();
      state = 'idle';
      settle(null);
    },
  };
}
