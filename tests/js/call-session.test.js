import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { RESTART_GIVES_UP_MS } from '../../proctor_app/static/js/call/peer.js';
import { createSessionCall } from '../../proctor_app/static/js/call/session-call.js';
import { FakePeerConnection } from './fake-peer-connection.js';

globalThis.MediaStream ??= class {
  tracks = [];
  addTrack(track) {
    this.tracks.push(track);
  }
};

/** A room as the server keeps it: it tells everybody who is there and relays signals by page. */
function room() {
  const pages = new Map();
  const queue = [];
  let connections = [];
  globalThis.RTCPeerConnection = class extends FakePeerConnection {
    constructor(config) {
      super(config);
      connections.push(this);
    }
  };

  function open(role, self) {
    const page = { role, self, states: [], inCall: false };
    page.call = createSessionCall({
      role,
      self,
      send: async (signal) => void queue.push({ ...structuredClone(signal), from: self }),
      onstate: (state) => page.states.push(state),
    });
    pages.set(self, page);
    return page;
  }

  function presence() {
    const all = [...pages.values()];
    const candidate = all.find((page) => page.role === 'candidate');
    const interviewers = all.filter((page) => page.role === 'interviewer');
    const snapshot = {
      candidate: { peer: candidate?.self ?? null },
      interviewers: interviewers.map((page) => ({ peer: page.self, in_call: page.inCall })),
    };
    for (const page of all) page.call.presence(snapshot);
  }

  async function settle() {
    await breathe();
    while (queue.length > 0) {
      const signal = queue.shift();
      pages.get(signal.to)?.call.signal(signal);
      await breathe();
    }
  }

  return {
    open,
    presence,
    settle,
    leave: (page) => pages.delete(page.self),
    /** The connections that were made since the last look, oldest first. */
    newConnections: () => connections.splice(0),
  };
}

const breathe = () => new Promise((resolve) => setImmediate(resolve));

async function talking() {
  const there = room();
  const interviewer = there.open('interviewer', 'console-1');
  interviewer.inCall = true;
  const candidate = there.open('candidate', 'page-1');
  there.presence();
  await there.settle();
  const [offering, answering] = there.newConnections();
  for (const pc of [offering, answering]) pc.become('connected');
  return { ...there, interviewer, candidate, offering, answering };
}

describe('a session call', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
  afterEach(() => mock.timers.reset());

  it('connects the candidate with the console that is in the call', async () => {
    const { interviewer, candidate } = await talking();
    assert.equal(interviewer.call.state, 'connected');
    assert.equal(candidate.call.state, 'connected');
  });

  it('makes no second connection when presence is told again', async () => {
    const { presence, newConnections } = await talking();
    presence();
    presence();
    assert.equal(newConnections().length, 0);
  });

  it('leaves other consoles alone', async () => {
    const there = await talking();
    const watching = there.open('interviewer', 'console-2');
    there.presence();
    await there.settle();
    assert.equal(watching.call.state, 'waiting');
    assert.equal(there.newConnections().length, 0);
  });

  it('offers anew when the candidate reloads', async () => {
    const there = await talking();
    there.leave(there.candidate);
    there.candidate.call.close();
    const reloaded = there.open('candidate', 'page-2');
    there.presence();
    await there.settle();
    assert.ok(there.offering.closed, 'the old connection is closed');
    for (const pc of there.newConnections()) pc.become('connected');
    assert.equal(there.interviewer.call.state, 'connected');
    assert.equal(reloaded.call.state, 'connected');
  });

  it('answers anew when the interviewer reloads', async () => {
    const there = await talking();
    there.leave(there.interviewer);
    there.interviewer.call.close();
    const reloaded = there.open('interviewer', 'console-2');
    reloaded.inCall = true;
    there.presence();
    await there.settle();
    assert.ok(there.answering.closed);
    for (const pc of there.newConnections()) pc.become('connected');
    assert.equal(reloaded.call.state, 'connected');
    assert.equal(there.candidate.call.state, 'connected');
  });

  it('moves to another console that takes the call', async () => {
    const there = await talking();
    const second = there.open('interviewer', 'console-2');
    second.inCall = true;
    there.interviewer.inCall = false;
    there.presence();
    await there.settle();
    for (const pc of there.newConnections()) pc.become('connected');
    assert.equal(there.interviewer.call.state, 'waiting');
    assert.equal(second.call.state, 'connected');
    assert.equal(there.candidate.call.state, 'connected');
  });

  it('keeps talking while only the candidate’s socket is away', async () => {
    const there = await talking();
    there.leave(there.candidate);
    there.presence();
    assert.equal(there.interviewer.call.state, 'connected');
    assert.equal(there.offering.closed, false);
  });

  it('begins anew when restarting did not help', async () => {
    const there = await talking();
    there.offering.become('failed');
    there.answering.become('failed');
    assert.equal(there.interviewer.call.state, 'reconnecting');
    assert.equal(there.candidate.call.state, 'reconnecting');
    await there.settle();
    mock.timers.tick(RESTART_GIVES_UP_MS);
    await there.settle();
    const fresh = there.newConnections();
    assert.equal(fresh.length, 2);
    for (const pc of fresh) pc.become('connected');
    assert.equal(there.interviewer.call.state, 'connected');
    assert.equal(there.candidate.call.state, 'connected');
  });

  it('does not open a connection again that is over', async () => {
    const there = await talking();
    there.leave(there.interviewer);
    there.candidate.call.signal({ description: { type: 'offer', sdp: 'x' }, from: 'console-2', call: 'second' });
    await there.settle();
    there.newConnections();
    there.candidate.call.signal({ description: { type: 'offer', sdp: 'late' }, from: 'console-1', call: 'first' });
    there.candidate.call.signal({ ice_candidate: { candidate: 'late' }, from: 'console-1', call: 'first' });
    assert.equal(there.newConnections().length, 1, 'an offer with a new id opens one');
    there.candidate.call.signal({ description: { type: 'offer', sdp: 'late' }, from: 'console-2', call: 'second' });
    assert.equal(there.newConnections().length, 0, 'the one that was replaced stays closed');
  });

  it('talks with a program that names no calls', async () => {
    const there = room();
    const candidate = there.open('candidate', 'page-1');
    candidate.call.signal({ description: { type: 'offer', sdp: 'plain' }, from: 'program' });
    await breathe();
    const [pc] = there.newConnections();
    assert.equal(pc.signalingState, 'stable');
    candidate.call.signal({ description: { type: 'offer', sdp: 'again' }, from: 'program' });
    await breathe();
    assert.equal(there.newConnections().length, 0);
  });

  it('ignores what is meant for another page', async () => {
    const { candidate, newConnections } = await talking();
    candidate.call.signal({ description: { type: 'offer', sdp: 'x' }, from: 'console-9', to: 'page-9' });
    assert.equal(newConnections().length, 0);
  });

  it('looks for new paths when the socket is back and the call is not', async () => {
    const { interviewer, offering } = await talking();
    interviewer.call.online();
    assert.equal(offering.iceRestarts, 0);
    offering.become('disconnected');
    interviewer.call.online();
    assert.equal(offering.iceRestarts, 1);
  });
});
