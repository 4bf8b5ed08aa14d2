import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judge, readStats } from '../../proctor_app/static/js/call/quality.js';

/** @param {object} changes */
function report({ at = 0, received = 0, lost = 0, bytes = 0, roundTrip = 0.05, jitter = 0.005 } = {}) {
  const stats = [
    { id: 'v', type: 'inbound-rtp', kind: 'video', timestamp: at, packetsReceived: received, packetsLost: lost, bytesReceived: bytes, jitter, framesPerSecond: 15, frameWidth: 640, frameHeight: 480 },
    { id: 'p', type: 'candidate-pair', nominated: true, state: 'succeeded', currentRoundTripTime: roundTrip },
    { id: 'x', type: 'candidate-pair', nominated: false, state: 'failed', currentRoundTripTime: 9 },
  ];
  return new Map(stats.map((stat) => [stat.id, stat]));
}

describe('call quality', () => {
  it('counts loss and bits between two reports, not since the beginning', () => {
    const first = readStats(report({ at: 1000, received: 1000, lost: 500, bytes: 0 }), null);
    assert.equal(first.numbers.loss, null);
    const second = readStats(report({ at: 3000, received: 1090, lost: 510, bytes: 250_000 }), first.totals);
    assert.equal(second.numbers.loss, 0.1);
    assert.equal(second.numbers.kilobits_in, 1000);
    assert.equal(second.numbers.round_trip_ms, 50);
    assert.deepEqual([second.numbers.fps, second.numbers.width, second.numbers.height], [15, 640, 480]);
  });

  it('is one word', () => {
    const numbers = { round_trip_ms: 50, loss: 0, jitter_ms: 5, fps: 15, kilobits_in: 500, width: 640, height: 480 };
    assert.equal(judge(numbers), 'good');
    assert.equal(judge({ ...numbers, round_trip_ms: 400 }), 'fair');
    assert.equal(judge({ ...numbers, loss: 0.05 }), 'fair');
    assert.equal(judge({ ...numbers, loss: 0.2 }), 'poor');
    assert.equal(judge({ ...numbers, jitter_ms: 150 }), 'poor');
    assert.equal(judge({ ...numbers, round_trip_ms: null, loss: null }), 'unknown');
  });
});
