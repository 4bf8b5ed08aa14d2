/**
 * The call between the candidate's page and the interviewer's, over its whole life: who is there, who offers, what to do
 * when a page is reloaded or the network goes. Used by both pages; knows neither the DOM nor the socket.
 *
 *   const call = createSessionCall({
 *     role: 'interviewer',                    // or 'candidate'
 *     self: identity.peer,
 *     iceServers: data.ice_servers,
 *     send: (signal) => link.request('signal', signal),
 *     onstate(word) {},                       // waiting | connecting | connected | reconnecting | closed
 *     onstream(stream) {},                    // the other side's picture and sound; a new object for each connection
 *   });
 *   link.on('presence', call.presence);       // every time
 *   link.on('signal', call.signal);
 *   // in the link's onstate: if (state === 'connected') call.online();
 *   call.setStream(media.stream);             // once, before or after the above
 *   call.setTrack('video', trackOrNull);      // whenever a device changes
 *   call.stats();  call.state;  call.close();
 *
 * The interviewer's page that presence calls `in_call` makes a fresh connection, with a new `call` id, for each new
 * `peer` of the candidate, and again when an ICE restart did not help. The candidate's page answers: it takes a fresh
 * connection whenever a signal comes from a new `from` or bears a new `call`.
 */

import { createPeer } from './peer.js';

/** @typedef {import('./peer.js').TrackKind} TrackKind */
/** @typedef {'waiting'|'connecting'|'connected'|'reconnecting'|'closed'} CallState */
/** @typedef {{description?: RTCSessionDescriptionInit, ice_candidate?: RTCIceCandidateInit, call?: string, to?: string, from?: string}} Signal */
/** @typedef {{candidate: {peer: string|null}, interviewers: {peer: string, in_call: boolean}[]}} WhoIsThere */
/** @typedef {ReturnType<typeof createSessionCall>} SessionCall */

/**
 * @param {Object} options
 * @param {'candidate'|'interviewer'} options.role
 * @param {string} options.self this page's `peer`
 * @param {RTCIceServer[]} [options.iceServers]
 * @param {(signal: Signal) => Promise<unknown>|void} options.send
 * @param {(state: CallState) => void} [options.onstate]
 * @param {(stream: MediaStream|null) => void} [options.onstream]
 */
export function createSessionCall({ role, self, iceServers = [], send, onstate = () => {}, onstream = () => {} }) {
  /** @type {import('./peer.js').Peer|null} */
  let peer = null;
  /** The page at the other end of `peer`, and the id of the connection. */
  let other = '';
  let callId = '';
  /** Connections that are over: an offer that comes late must not open one again. */
  const past = new Set();
  /** @type {WhoIsThere|null} */
  let presence = null;
  /** @type {MediaStream|undefined} */
  let localStream;
  /** @type {Partial<Record<TrackKind, MediaStreamTrack|null>>} */
  const tracks = {};
  /** @type {CallState} */
  let state = 'waiting';
  let wasConnected = false;

  // ------------------------------------------------------------- who is there

  /** @param {WhoIsThere} next */
  function takePresence(next) {
    if (state === 'closed') return;
    presence = next;
    if (role === 'interviewer') followCandidate();
    else followInterviewer();
  }

  function followCandidate() {
    const mine = presence?.interviewers.some((one) => one.peer === self && one.in_call);
    const candidate = presence?.candidate.peer;
    // While only the candidate's socket is away, sound and picture go on.
    if (!mine || (!candidate && peer?.state !== 'connected')) hangUp();
    else if (candidate && (candidate !== other || !peer)) offerTo(candidate);
  }

  /** The candidate's page keeps its connection, broken or not, until the interviewer's page offers another. */
  function followInterviewer() {
    if (!peer || peer.state === 'connected') return;
    const there = presence?.interviewers.some((one) => one.peer === other);
    setState(there ? ongoing() : 'waiting');
  }

  // ------------------------------------------------------------- connections

  /** @param {string} candidate */
  function offerTo(candidate) {
    openPeer(candidate, newCallId(), false);
    peer?.start();
  }

  /** @param {string} page @param {string} id @param {boolean} polite */
  function openPeer(page, id, polite) {
    closePeer();
    [other, callId] = [page, id];
    const remote = new MediaStream();
    const opened = createPeer({
      polite,
      iceServers,
      tracks,
      localStream,
      send: (signal) => send({ ...signal, to: page, ...(id && { call: id }) }),
      ontrack: (track) => {
        remote.addTrack(track);
        onstream(remote);
      },
      onstate: (word) => opened === peer && peerChanged(word),
    });
    peer = opened;
    setState(ongoing());
  }

  const ongoing = () => (wasConnected ? 'reconnecting' : 'connecting');

  /** @param {import('./peer.js').PeerState} word */
  function peerChanged(word) {
    if (word === 'connected') {
      wasConnected = true;
      setState('connected');
    } else if (word === 'failed' && role === 'interviewer') {
      // Restarting did not help: begin anew, with the same page or with the one that replaced it.
      closePeer();
      followCandidate();
    } else {
      setState(ongoing());
      if (presence) takePresence(presence);
    }
  }

  function hangUp() {
    if (peer) onstream(null);
    closePeer();
    wasConnected = false;
    setState('waiting');
  }

  function closePeer() {
    const old = peer;
    peer = null;
    old?.close();
    if (callId) past.add(key(other, callId));
    other = callId = '';
  }

  // ------------------------------------------------------------- signals

  /** @param {Signal} signal */
  function takeSignal({ from = '', call = '', to, ...signal }) {
    if (state === 'closed' || (to && to !== self)) return;
    const isOurs = peer && from === other && (call === callId || (role === 'interviewer' && !call));
    if (!isOurs) {
      // Only an offer to the candidate's page opens something new.
      const opens = role === 'candidate' && signal.description?.type === 'offer' && !past.has(key(from, call));
      if (!opens) return;
      openPeer(from, call, true);
    }
    peer?.receive(signal);
  }

  /** The socket is back after a cut: signals may have been lost meanwhile. */
  function online() {
    if (peer && peer.state !== 'connected') peer.restart();
  }

  // ------------------------------------------------------------- what this side sends

  /** @param {TrackKind} kind @param {MediaStreamTrack|null} track */
  function setTrack(kind, track) {
    tracks[kind] = track;
    peer?.setTrack(kind, track).catch((error) => console.warn(`The ${kind} track could not be exchanged:`, error));
  }

  /** @param {MediaStream} stream */
  function setStream(stream) {
    localStream = stream;
    setTrack('audio', stream.getAudioTracks()[0] ?? null);
    setTrack('video', stream.getVideoTracks()[0] ?? null);
  }

  // ------------------------------------------------------------- state

  /** @param {CallState} next */
  function setState(next) {
    if (next === state || state === 'closed') return;
    state = next;
    onstate(next);
  }

  const stopWatching = watchNetwork(() => peer?.restart());

  return {
    presence: takePresence,
    signal: takeSignal,
    hangUp,
    online,
    setTrack,
    setStream,
    restart: () => peer?.restart(),
    stats: async () => (await peer?.getStats()) ?? null,
    get state() {
      return state;
    },
    close() {
      stopWatching();
      closePeer();
      onstream(null);
      setState('closed');
    },
  };
}

/** @param {string} page @param {string} call */
const key = (page, call) => `${page} ${call}`;

const newCallId = () => Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/**
 * Tell when the machine has come back online or, where the browser says so, moved to another kind of network.
 * @param {() => void} onchange
 * @returns {() => void} stops it
 */
function watchNetwork(onchange) {
  const network = /** @type {any} */ (globalThis.navigator)?.connection;
  let kind = network?.type;
  // The event also comes whenever the browser's guess of the speed changes, which is no reason for anything.
  const networkChanged = () => {
    if (network.type !== kind) onchange();
    kind = network.type;
  };
  globalThis.addEventListener?.('online', onchange);
  network?.addEventListener?.('change', networkChanged);
  return () => {
    globalThis.removeEventListener?.('online', onchange);
    network?.removeEventListener?.('change', networkChanged);
  };
}
