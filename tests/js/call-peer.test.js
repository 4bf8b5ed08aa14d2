import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { createPeer, RESTART_AFTER_MS, RESTART_GIVES_UP_MS } from '../../proctor_app/static/js/call/peer.js';
import { FakePeerConnection } from './fake-peer-connection.js';

/** Two peers with a wire between them that the test can hold up, cut and look into. */
function pair() {
  const wire = { queue: [], cut: false };
  const ends = {};
  for (const [name, polite] of [['interviewer', false], ['candidate', true]]) {
    const end = { states: [], pc: null, peer: null };
    end.peer = createPeer({
      polite,
      tracks: { audio: { kind: 'audio', of: name }, video: { kind: 'video', of: name } },
      send: (signal) => {
        if (wire.cut) return Promise.reject(new Error('no answer'));
        wire.queue.push([name === 'candidate' ? 'interviewer' : 'candidate', structuredClone(signal)]);
        return Promise.resolve();
      },
      onstate: (state) => end.states.push(state),
      makeConnection: (config) => (end.pc = new FakePeerConnection(config)),
    });
    ends[name] = end;
  }
  return { ...ends, wire };
}

const breathe = () => new Promise((resolve) => setImmediate(resolve));

/** Carry signals until nobody says anything any more. */
async function settle({ wire, ...ends }) {
  await breathe();
  while (wire.queue.length > 0) {
    const [to, signal] = wire.queue.shift();
    await ends[to].peer.receive(signal);
    await breathe();
  }
}

async function connected() {
  const two = pair();
  two.interviewer.peer.start();
  await settle(two);
  two.interviewer.pc.become('connected');
  two.candidate.pc.become('connected');
  return two;
}

describe('a peer', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
  afterEach(() => mock.timers.reset());

  it('connects: one offer, one answer, both send on the same two transceivers', async () => {
    const two = await connected();
    for (const { pc } of [two.interviewer, two.candidate]) {
      assert.equal(pc.signalingState, 'stable');
      assert.deepEqual(pc.getTransceivers().map((one) => one.receiver.track.kind), ['audio', 'video']);
      assert.deepEqual(pc.getTransceivers().map((one) => one.direction), ['sendrecv', 'sendrecv']);
    }
    assert.equal(two.candidate.pc.getTransceivers()[1].sender.track.of, 'candidate');
    assert.equal(two.interviewer.pc.getTransceivers()[1].sender.track.of, 'interviewer');
    assert.deepEqual(two.candidate.states, ['connected']);
  });

  it('survives glare: when both offer at once the polite one gives way', async () => {
    const two = await connected();
    two.interviewer.peer.restart();
    two.candidate.peer.restart();
    await settle(two);
    assert.equal(two.interviewer.pc.signalingState, 'stable');
    assert.equal(two.candidate.pc.signalingState, 'stable');
    assert.equal(two.candidate.pc.remoteDescription.type, 'answer', 'the polite side offers again after giving way');
  });

  it('keeps ICE candidates that come before their description', async () => {
    const two = pair();
    two.candidate.peer.receive({ ice_candidate: { candidate: 'early' } });
    two.interviewer.peer.start();
    await settle(two);
    assert.deepEqual(two.candidate.pc.iceCandidates, [{ candidate: 'early' }]);
  });

  it('keeps working after an ICE candidate of an offer that it ignored', async () => {
    const two = await connected();
    two.interviewer.peer.restart();
    await breathe();
    await two.interviewer.peer.receive({ description: { type: 'offer', sdp: 'glare' } });
    await two.interviewer.peer.receive({ ice_candidate: { candidate: 'of glare', stale: true } });
    await settle(two);
    assert.equal(two.interviewer.pc.signalingState, 'stable');
    assert.equal(two.interviewer.pc.remoteDescription.type, 'answer');
  });

  it('takes an answer that comes twice for one', async () => {
    const two = await connected();
    await two.interviewer.peer.receive({ description: two.candidate.pc.localDescription });
    assert.equal(two.interviewer.pc.signalingState, 'stable');
  });

  it('asks again when the offer was lost on the way', async () => {
    const two = pair();
    two.wire.cut = true;
    two.interviewer.peer.start();
    await settle(two);
    assert.equal(two.candidate.pc.signalingState, 'stable');
    two.wire.cut = false;
    two.interviewer.peer.restart();
    await settle(two);
    assert.equal(two.interviewer.pc.signalingState, 'stable');
    assert.equal(two.candidate.pc.remoteDescription.type, 'offer');
  });

  it('waits a moment when the connection breaks, then looks for new paths', async () => {
    const { interviewer } = await connected();
    interviewer.pc.become('disconnected');
    assert.deepEqual(interviewer.states, ['connected', 'reconnecting']);
    mock.timers.tick(RESTART_AFTER_MS.impolite - 1);
    assert.equal(interviewer.pc.iceRestarts, 0);
    mock.timers.tick(1);
    assert.equal(interviewer.pc.iceRestarts, 1);
    interviewer.pc.become('connected');
    assert.equal(interviewer.peer.state, 'connected');
    mock.timers.tick(RESTART_GIVES_UP_MS * 2);
    assert.equal(interviewer.peer.state, 'connected');
  });

  it('does not restart when the connection comes back by itself', async () => {
    const { interviewer } = await connected();
    interviewer.pc.become('disconnected');
    interviewer.pc.become('connected');
    mock.timers.tick(RESTART_AFTER_MS.impolite * 2);
    assert.equal(interviewer.pc.iceRestarts, 0);
  });

  it('says failed when a restart did not help in time', async () => {
    const { interviewer } = await connected();
    interviewer.pc.become('failed');
    assert.equal(interviewer.pc.iceRestarts, 1);
    mock.timers.tick(RESTART_GIVES_UP_MS);
    assert.equal(interviewer.peer.state, 'failed');
  });

  it('says failed when the first connection does not come about', async () => {
    const { interviewer } = pair();
    interviewer.peer.start();
    mock.timers.tick(RESTART_GIVES_UP_MS);
    assert.equal(interviewer.peer.state, 'failed');
  });

  it('exchanges a track without negotiating', async () => {
    const two = await connected();
    await two.candidate.peer.setTrack('video', { kind: 'video', of: 'another camera' });
    await two.candidate.peer.setTrack('audio', null);
    await breathe();
    assert.equal(two.candidate.pc.getTransceivers()[1].sender.track.of, 'another camera');
    assert.equal(two.candidate.pc.getTransceivers()[0].sender.track, null);
    assert.equal(two.wire.queue.length, 0);
  });

  it('is silent after it was closed', async () => {
    const two = await connected();
    two.candidate.peer.close();
    await two.candidate.peer.receive({ description: { type: 'offer', sdp: 'late' } });
    two.candidate.peer.restart();
    mock.timers.tick(RESTART_GIVES_UP_MS);
    assert.equal(two.candidate.peer.state, 'closed');
    assert.equal(two.wire.queue.length, 0);
  });
});
