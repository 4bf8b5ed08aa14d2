/**
 * One RTCPeerConnection between two pages: perfect negotiation, ICE restart, tracks that can be exchanged.
 * Knows neither the page nor the socket; `send` and the callbacks are given to it.
 *
 *   const peer = createPeer({ polite, iceServers, send, ontrack, onstate, localStream });
 *   peer.start();                     // the side that offers: makes one audio and one video transceiver
 *   peer.receive({ description });    // or { ice_candidate }: what the other side's `send` was given
 *   peer.setTrack('video', track);    // exchange or take away (null) what is sent; never renegotiates
 *   peer.restart();                   // new paths through the network, same call
 *   peer.close();
 *
 * `onstate(word)`: 'connecting' | 'connected' | 'reconnecting' | 'failed' | 'closed'. After 'failed' (a restart did not
 * help within RESTART_GIVES_UP_MS) only a new connection on both sides does; that is up to `session-call.js`.
 */

/** How long ICE may be 'disconnected' before we look for new paths. The polite side waits longer: it seldom needs to. */
export const RESTART_AFTER_MS = Object.freeze({ impolite: 2500, polite: 5000 });
export const RESTART_GIVES_UP_MS = 10_000;

/** @typedef {'connecting'|'connected'|'reconnecting'|'failed'|'closed'} PeerState */
/** @typedef {'audio'|'video'} TrackKind */
/** @typedef {{description?: RTCSessionDescriptionInit, ice_candidate?: RTCIceCandidateInit}} PeerSignal */
/** @typedef {ReturnType<typeof createPeer>} Peer */

/**
 * @param {Object} options
 * @param {boolean} options.polite the side that gives way when both offer at once
 * @param {RTCIceServer[]} [options.iceServers]
 * @param {(signal: PeerSignal) => Promise<unknown>|void} options.send rejects when the signal was not delivered
 * @param {(track: MediaStreamTrack) => void} [options.ontrack]
 * @param {(state: PeerState) => void} [options.onstate]
 * @param {Partial<Record<TrackKind, MediaStreamTrack|null>>} [options.tracks] what to send from the beginning
 * @param {MediaStream} [options.localStream] names the tracks as belonging together, so that lips and voice match
 * @param {(config: RTCConfiguration) => RTCPeerConnection} [options.makeConnection]
 */
export function createPeer({
  polite,
  iceServers = [],
  send,
  ontrack = () => {},
  onstate = () => {},
  tracks = {},
  localStream,
  makeConnection = (config) => new RTCPeerConnection(config),
}) {
  const pc = makeConnection({ iceServers, bundlePolicy: 'max-bundle' });
  /** @type {Record<TrackKind, MediaStreamTrack|null>} */
  const sending = { audio: tracks.audio ?? null, video: tracks.video ?? null };
  /** @type {Partial<Record<TrackKind, RTCRtpTransceiver>>} */
  const transceivers = {};
  /** @type {RTCIceCandidateInit[]} */
  const earlyIceCandidates = [];
  let makingOffer = false;
  let ignoreOffer = false;
  let wasConnected = false;
  /** @type {PeerState} */
  let state = 'connecting';
  let inbox = Promise.resolve();
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let restartTimer;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let giveUpTimer;

  // ------------------------------------------------------------- negotiation (as in W3C's webrtc-pc, "perfect negotiation")

  pc.onnegotiationneeded = async () => {
    try {
      makingOffer = true;
      await pc.setLocalDescription();
      if (pc.localDescription) deliver({ description: pc.localDescription });
    } catch (error) {
      if (state !== 'closed') throw error;
    } finally {
      makingOffer = false;
    }
  };
  pc.onicecandidate = ({ candidate }) => {
    if (candidate) deliver({ ice_candidate: candidate });
  };
  pc.ontrack = ({ track }) => ontrack(track);
  pc.onconnectionstatechange = connectionChanged;
  giveUpUnlessConnected();

  /** @param {PeerSignal} signal */
  function deliver(signal) {
    // A lost signal shows as a connection that does not come about, and that is cured by restart().
    Promise.resolve(send(signal)).catch(() => {});
  }

  /** @param {PeerSignal} signal @returns {Promise<void>} one signal at a time, in the order they came */
  function receive(signal) {
    inbox = inbox.then(() => take(signal)).catch((error) => {
      if (state !== 'closed') console.warn('A signal could not be used:', error);
    });
    return inbox;
  }

  /** @param {PeerSignal} signal */
  async function take({ description, ice_candidate: iceCandidate }) {
    if (state === 'closed') return;
    if (description) await takeDescription(description);
    else if (iceCandidate) await takeIceCandidate(iceCandidate);
  }

  /** @param {RTCSessionDescriptionInit} description */
  async function takeDescription(description) {
    const collision = description.type === 'offer' && (makingOffer || pc.signalingState !== 'stable');
    ignoreOffer = !polite && collision;
    if (ignoreOffer) return;
    // The answer to an offer that we sent twice, or gave up for the other side's.
    if (description.type === 'answer' && pc.signalingState !== 'have-local-offer') return;
    await pc.setRemoteDescription(description);
    for (const early of earlyIceCandidates.splice(0)) await pc.addIceCandidate(early);
    if (description.type !== 'offer') return;
    await adoptTransceivers();
    await pc.setLocalDescription();
    if (pc.localDescription) deliver({ description: pc.localDescription });
  }

  /** @param {RTCIceCandidateInit} iceCandidate */
  async function takeIceCandidate(iceCandidate) {
    if (!pc.remoteDescription) {
      earlyIceCandidates.push(iceCandidate);
      return;
    }
    try {
      await pc.addIceCandidate(iceCandidate);
    } catch (error) {
      if (!ignoreOffer) throw error;
    }
  }

  // ------------------------------------------------------------- tracks

  function start() {
    for (const kind of /** @type {TrackKind[]} */ (['audio', 'video'])) {
      const streams = localStream ? [localStream] : [];
      transceivers[kind] = pc.addTransceiver(sending[kind] ?? kind, { direction: 'sendrecv', streams });
    }
  }

  /** The side that answers sends on the transceivers that the first offer brought. */
  async function adoptTransceivers() {
    for (const transceiver of pc.getTransceivers()) {
      const kind = /** @type {TrackKind} */ (transceiver.receiver.track.kind);
      if (transceivers[kind]) continue;
      transceivers[kind] = transceiver;
      transceiver.direction = 'sendrecv';
      if (localStream) transceiver.sender.setStreams?.(localStream);
      await transceiver.sender.replaceTrack(sending[kind]);
    }
  }

  /** @param {TrackKind} kind @param {MediaStreamTrack|null} track */
  async function setTrack(kind, track) {
    sending[kind] = track;
    await transceivers[kind]?.sender.replaceTrack(track);
  }

  // ------------------------------------------------------------- state

  function connectionChanged() {
    const now = pc.connectionState;
    if (now === 'connected') {
      wasConnected = true;
      stopTimers();
      setState('connected');
    } else if (now === 'disconnected') {
      setState('reconnecting');
      clearTimeout(restartTimer);
      restartTimer = setTimeout(restart, polite ? RESTART_AFTER_MS.polite : RESTART_AFTER_MS.impolite);
    } else if (now === 'failed') {
      setState(wasConnected ? 'reconnecting' : 'connecting');
      restart();
    }
  }

  function restart() {
    if (state === 'closed') return;
    clearTimeout(restartTimer);
    if (state !== 'connected') setState(wasConnected ? 'reconnecting' : 'connecting');
    giveUpUnlessConnected();
    if (pc.signalingState === 'have-local-offer' && pc.localDescription) {
      // Our offer, or its answer, was lost on the way: ask again before anything else.
      deliver({ description: pc.localDescription });
    } else {
      pc.restartIce();
    }
  }

  function giveUpUnlessConnected() {
    giveUpTimer ??= setTimeout(() => {
      giveUpTimer = undefined;
      if (pc.connectionState !== 'connected') setState('failed');
    }, RESTART_GIVES_UP_MS);
  }

  function stopTimers() {
    clearTimeout(restartTimer);
    clearTimeout(giveUpTimer);
    giveUpTimer = undefined;
  }

  /** @param {PeerState} next */
  function setState(next) {
    if (next === state || state === 'closed') return;
    state = next;
    onstate(next);
  }

  function close() {
    if (state === 'closed') return;
    stopTimers();
    setState('closed');
    pc.onnegotiationneeded = pc.onicecandidate = pc.ontrack = pc.onconnectionstatechange = null;
    pc.close();
  }

  return {
    start,
    receive,
    setTrack,
    restart,
    close,
    getStats: () => pc.getStats(),
    get state() {
      return state;
    },
  };
}
