/**
 * RTCPeerConnection's signalling state machine, as webrtc-pc (W3C) says: operations chain, implicit rollback,
 * `negotiationneeded` only while stable. ICE and media are left to the test: it sets `connectionState`.
 */

let made = 0;

export class FakePeerConnection {
  signalingState = 'stable';
  connectionState = 'new';
  localDescription = null;
  remoteDescription = null;
  iceCandidates = [];
  iceRestarts = 0;
  closed = false;
  #transceivers = [];
  #chain = Promise.resolve();
  #before = null;
  #negotiationNeeded = false;
  #restartPending = false;
  #described = 0;

  constructor(config) {
    this.config = config;
    this.id = (made += 1);
  }

  // ------------------------------------------------------------- operations

  #enqueue(operation) {
    const result = this.#chain.then(async () => {
      if (this.closed) throw invalidState('closed');
      await Promise.resolve();
      const value = operation();
      this.#checkNegotiationNeeded();
      return value;
    });
    this.#chain = result.catch(() => {});
    return result;
  }

  setLocalDescription(description) {
    return this.#enqueue(() => {
      const type = description?.type ?? (this.signalingState === 'have-remote-offer' ? 'answer' : 'offer');
      if (type === 'offer') {
        if (!['stable', 'have-local-offer'].includes(this.signalingState)) throw invalidState(this.signalingState);
        this.#before = { localDescription: this.localDescription };
        this.signalingState = 'have-local-offer';
        this.#negotiationNeeded = false;
      } else {
        if (this.signalingState !== 'have-remote-offer') throw invalidState(this.signalingState);
        this.signalingState = 'stable';
      }
      this.localDescription = { type, sdp: `${type} ${this.id}.${(this.#described += 1)}` };
    });
  }

  setRemoteDescription(description) {
    return this.#enqueue(() => {
      if (description.type === 'offer') {
        if (this.signalingState === 'have-local-offer') this.#rollback();
        if (!['stable', 'have-remote-offer'].includes(this.signalingState)) throw invalidState(this.signalingState);
        this.signalingState = 'have-remote-offer';
        if (this.#transceivers.length === 0) this.#transceivers.push(...['audio', 'video'].map(transceiver));
      } else {
        if (this.signalingState !== 'have-local-offer') throw invalidState(this.signalingState);
        this.signalingState = 'stable';
        this.#restartPending = false;
      }
      this.remoteDescription = description;
    });
  }

  addIceCandidate(candidate) {
    return this.#enqueue(() => {
      if (!this.remoteDescription) throw invalidState('no remote description');
      if (candidate.stale) throw new DOMException('Unknown ufrag', 'OperationError');
      this.iceCandidates.push(candidate);
    });
  }

  #rollback() {
    this.localDescription = this.#before.localDescription;
    this.signalingState = 'stable';
    this.#negotiationNeeded = true;
  }

  // ------------------------------------------------------------- what needs negotiation

  addTransceiver(trackOrKind, init) {
    const made = transceiver(typeof trackOrKind === 'string' ? trackOrKind : trackOrKind.kind);
    made.direction = init.direction;
    made.sender.track = typeof trackOrKind === 'string' ? null : trackOrKind;
    this.#transceivers.push(made);
    this.#need();
    return made;
  }

  getTransceivers() {
    return this.#transceivers;
  }

  restartIce() {
    this.iceRestarts += 1;
    this.#restartPending = true;
    this.#need();
  }

  #need() {
    this.#negotiationNeeded = true;
    this.#chain = this.#chain.then(() => this.#checkNegotiationNeeded());
  }

  #checkNegotiationNeeded() {
    if (this.closed || this.signalingState !== 'stable' || !this.#negotiationNeeded) return;
    this.#negotiationNeeded = false;
    queueMicrotask(() => !this.closed && this.onnegotiationneeded?.());
  }

  // ------------------------------------------------------------- for tests

  become(connectionState) {
    this.connectionState = connectionState;
    this.onconnectionstatechange?.();
  }

  findIceCandidate(candidate) {
    this.onicecandidate?.({ candidate });
  }

  close() {
    this.closed = true;
    this.connectionState = this.signalingState = 'closed';
  }
}

function transceiver(kind) {
  return {
    direction: 'recvonly',
    receiver: { track: { kind } },
    sender: {
      track: null,
      async replaceTrack(track) {
        this.track = track;
      },
      setStreams() {},
    },
  };
}

const invalidState = (state) => new DOMException(`Not in state ${state}`, 'InvalidStateError');
