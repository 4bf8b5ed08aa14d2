/**
 * One connection to the server and its state. Knows messages in general, none in particular but `clock`.
 *
 *   const link = connect({ namespace: NAMESPACE.candidate, session, identity: pageIdentity(), onstate });
 *   link.on('presence', (presence) => …);
 *   await link.request('chat', { text });      // resolves with {ok: true, …}; rejects with RequestError
 *   link.send('heartbeat', { … });             // no answer wanted; dropped while there is no connection
 *   link.now();                                // the server's time in ms, as well as this page knows it
 *   link.close();
 *
 *   await reachServer();                       // { transport, milliseconds }; before the call, for the network check
 *
 * `onstate(state, refusal?)` gets 'connecting' | 'connected' | 'reconnecting' | 'refused'. It reconnects for ever, but
 * not after a refusal that a retry cannot change; `link.retry()` tries again then. 'connected' is told after the
 * clocks have been compared, so that nothing dated goes out before the server can correct its date.
 */

import { Manager, io } from '/vendor/socket.io/socket.io.esm.min.js';
import { EVENT, REFUSAL } from './protocol.js';

const FINAL_REFUSALS = new Set(/** @type {string[]} */ (Object.values(REFUSAL)));
const REQUEST_TIMEOUT_MS = 10_000;
const CLOCK_TIMEOUT_MS = 3000;
const RETRY_MS = 3000;
const PROBE_TIMEOUT_MS = 6000;

/** @typedef {'connecting'|'connected'|'reconnecting'|'refused'} LinkState */
/** @typedef {{code: string, message: string}} Refusal */
/** @typedef {ReturnType<typeof connect>} Link */

/** A request that the server refused or did not answer: `code` is 'timeout' when no answer came. */
export class RequestError extends Error {
  /** @param {import('./protocol.js').ErrorBody} body */
  constructor({ code, message, field, retry_after: retryAfter }) {
    super(message);
    this.name = 'RequestError';
    this.code = code;
    this.field = field ?? null;
    /** seconds after which the same may be asked again; 0 where the server said nothing */
    this.retryAfter = retryAfter ?? 0;
  }
}

/**
 * Who this page is: `peer` is new on each page load, `tab` survives a reload.
 * @returns {{peer: string, tab: string}}
 */
export function pageIdentity() {
  const tab = sessionStorage.getItem('proctor.tab') ?? uuid();
  sessionStorage.setItem('proctor.tab', tab);
  return { peer: uuid(), tab };
}

/** A random UUID, also on pages without HTTPS, where `crypto.randomUUID` is missing. */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/**
 * Open the connection and keep it open.
 * @param {Object} options
 * @param {string} options.namespace
 * @param {string} options.session
 * @param {{peer: string, tab: string}} options.identity
 * @param {(state: LinkState, refusal?: Refusal) => void} [options.onstate]
 * @param {boolean} [options.clock] compare clocks on each connect
 * @param {() => number} [options.now] the clock that this page's messages are dated by, ms since the epoch
 */
export function connect({ namespace, session, identity, onstate = () => {}, clock = true, now = Date.now }) {
  const socket = io(namespace, {
    auth: { session, ...identity },
    transports: ['websocket', 'polling'],
    tryAllTransports: true,
    reconnectionDelay: 500,
    reconnectionDelayMax: 4000,
    timeout: 8000,
  });
  /** @type {LinkState|null} */
  let state = null;
  let closed = false;
  let offset = 0;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let retryTimer;

  /** @param {LinkState} next @param {Refusal} [refusal] */
  function setState(next, refusal) {
    if (closed || next === state) return;
    state = next;
    onstate(next, refusal);
  }

  function retry() {
    clearTimeout(retryTimer);
    if (closed || socket.connected) return;
    setState('reconnecting');
    socket.connect();
  }

  /** @param {string} event @param {object} payload @param {number} [timeout] @returns {Promise<any>} */
  async function request(event, payload, timeout = REQUEST_TIMEOUT_MS) {
    let ack;
    try {
      ack = await socket.timeout(timeout).emitWithAck(event, payload);
    } catch {
      throw new RequestError({ code: 'timeout', message: 'The server did not answer in time.' });
    }
    if (!ack?.ok) throw new RequestError(ack?.error ?? { code: 'unknown', message: 'The server refused.' });
    return ack;
  }

  async function compareClocks() {
    const first = await askClock({ at: now() });
    await askClock({ at: now(), echo: first });
  }

  /** @param {import('./protocol.js').ClockMessage} message */
  async function askClock(message) {
    const { now: theirs } = await request(EVENT.clock, message, CLOCK_TIMEOUT_MS);
    offset = theirs - (message.at + now()) / 2;
    return theirs;
  }

  socket.on('connect', async () => {
    const { id } = socket;
    // A server too busy to tell the time can still carry the call.
    if (clock) await compareClocks().catch(() => {});
    if (socket.connected && socket.id === id) setState('connected');
  });
  // What is not acknowledged by now never will be on this connection: begin with the next one at once.
  socket.on(EVENT.restarting, () => socket.io.engine.close());
  socket.on('disconnect', (reason) => {
    setState('reconnecting');
    if (reason === 'io server disconnect') retryTimer = setTimeout(retry, RETRY_MS);
  });
  socket.on('connect_error', (error) => {
    // While `active`, the library itself tries again; else the server has answered with a refusal.
    if (socket.active) return setState(state === null || state === 'connecting' ? 'connecting' : 'reconnecting');
    const data = /** @type {any} */ (error).data;
    if (FINAL_REFUSALS.has(error.message)) {
      return setState('refused', { code: error.message, message: data?.message ?? error.message });
    }
    retryTimer = setTimeout(retry, RETRY_MS);
  });
  setState('connecting');

  return {
    request,
    retry,
    /** @param {string} event @param {object} payload */
    send: (event, payload) => void (socket.connected && socket.emit(event, payload)),
    /** @param {string} event @param {(payload: any) => void} handler */
    on: (event, handler) => void socket.on(event, handler),
    now: () => now() + offset,
    get state() {
      return state;
    },
    close() {
      closed = true;
      clearTimeout(retryTimer);
      socket.disconnect();
    },
  };
}

/**
 * Whether the server can be reached, without entering a session.
 * @param {'websocket'|'polling'} transport
 * @returns {Promise<{transport: string, milliseconds: number}>} how long one answer took; rejects when there was none
 */
export function reachServer(transport) {
  const manager = new Manager({ transports: [transport], autoConnect: false, reconnection: false, timeout: PROBE_TIMEOUT_MS });
  const began = performance.now();
  return new Promise((resolve, reject) => {
    manager.open((error) => {
      if (error) return reject(error);
      resolve({ transport, milliseconds: Math.round(performance.now() - began) });
      manager.engine.close();
    });
  });
}
