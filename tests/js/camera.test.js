import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as camera from '../../proctor_app/static/js/watch/camera.js';
import { ids, POLICY, scene, SHOWS } from './scenes.js';

const LIVE = { noise: 0.5, change: 1 };
const BLACK = { ...SHOWS.covered, noise: 0.6, change: 0.2 };

/** Each reading another picture, unless it has a `print` of its own. */
const filmed = (stretches, fps) => scene(stretches, fps).map((one, index) => ({ ...LIVE, print: -1 - index, ...one }));

/** Seconds from the first reading, of each observation as it was told last. */
function found(readings, policy = POLICY) {
  const newId = ids();
  const first = readings[0].at;
  let state = camera.START;
  const byId = new Map();
  for (const reading of readings) {
    const result = camera.step(state, reading, policy, newId);
    state = result.state;
    result.observations.forEach((one) => byId.set(one.id, one));
  }
  const seconds = (at) => (at === null ? null : Math.round((at - first) / 10) / 100);
  return [...byId.values()].map((one) => ({ ...one, started_at: seconds(one.started_at), ended_at: seconds(one.ended_at) }));
}

const lines = (...all) =>
  found(...all).map(({ kind, started_at: from, ended_at: to, detail }) => `${kind} ${detail.picture ?? ''} ${from}-${to ?? '…'}`);

describe('camera_blocked', () => {
  test('opens when it was black for 3 s, from when it became so, and closes when it can see again', () => {
    assert.deepEqual(lines(filmed([[10, 'candidate'], [12, BLACK], [5, 'candidate']])), ['camera_blocked  10-22']);
    assert.deepEqual(lines(filmed([[10, 'candidate'], [4, BLACK]])), ['camera_blocked  10-…']);
  });

  test('says how bright it was, and before', () => {
    const [one] = found(filmed([[10, 'candidate'], [12, BLACK], [5, 'candidate']]));
    assert.deepEqual([one.confidence, one.detail], [1, { brightness: 3, brightness_before: 120 }]);
  });

  test('a moment of it does not count, also not many of them', () => {
    const moments = Array.from({ length: 8 }, () => [[4, 'candidate'], [0.9, BLACK]]).flat();
    assert.deepEqual(lines(filmed([...moments, [5, 'candidate']])), []);
  });

  test('so it is from the start, and on a computer that manages two readings a second', () => {
    assert.deepEqual(lines(filmed([[12, BLACK], [5, 'candidate']], 2)), ['camera_blocked  0-12']);
  });

  test('an even dark, and a hand that lets little light in', () => {
    const even = { ...BLACK, luma: 15, contrast: 0.4, noise: 0.2, change: 0.1 };
    const hand = { ...BLACK, luma: 30, contrast: 1.5, noise: 3, change: 1.5 };
    assert.deepEqual(lines(filmed([[10, 'candidate'], [6, even], [5, 'candidate']])), ['camera_blocked  10-16']);
    assert.deepEqual(lines(filmed([[10, 'candidate'], [6, hand], [5, 'candidate']])), ['camera_blocked  10-16']);
  });

  // Measured on rooms and walls dimmed to this brightness, with noise of 0.5 to 4, as such and behind a codec.
  const innocent = {
    'an unlit room with its sensor’s noise': { luma: 8, contrast: 1.6, noise: 2.4, change: 1.4 },
    'the same behind a codec': { luma: 7.9, contrast: 0.94, noise: 0, change: 0.1 },
    'a darker one': { luma: 4, contrast: 1.29, noise: 2.3, change: 1.3 },
    'one with hardly any light': { luma: 4, contrast: 0.74, noise: 1, change: 0.6 },
    'the same behind a codec, darker': { luma: 3.8, contrast: 0.97, noise: 0, change: 0.1 },
    'an unlit plain wall': { luma: 8, contrast: 1.25, noise: 2.4, change: 1.4 },
    'an unlit plain wall behind a codec': { luma: 8, contrast: 0.39, noise: 0.04, change: 0.06 },
    'a plain wall': { luma: 150, contrast: 3, noise: 1, change: 0.5 },
    'a plain wall at dusk': { luma: 40, contrast: 3, noise: 2, change: 1 },
    'a grey picture from a camera that is none': { luma: 128, contrast: 0, noise: 0, change: 0 },
    'a test picture': { luma: 110, contrast: 60, noise: 0, change: 0 },
  };
  for (const [what, picture] of Object.entries(innocent)) {
    test(`never: ${what}`, () => {
      assert.deepEqual(lines(filmed([[10, 'candidate'], [30, { ...SHOWS.nobody, ...picture }], [5, 'candidate']])), []);
    });
  }

  test('what was not looked at is not counted', () => {
    const hidden = { could_not_tell: 'page_hidden' };
    assert.deepEqual(lines(filmed([[5, 'candidate'], [2, BLACK], [8, hidden], [2, BLACK], [5, 'candidate']])), []);
    assert.deepEqual(lines(filmed([[5, 'candidate'], [5, BLACK], [8, hidden], [5, 'candidate']])), ['camera_blocked  5-9.8']);
    assert.deepEqual(lines(filmed([[5, 'candidate'], [2.4, BLACK], [8, 'silence'], [2, BLACK], [5, 'candidate']])), []);
  });
});

describe('camera_frozen', () => {
  const STILL = { print: 77, change: 0, faces: 1 };

  test('opens when the picture stood still for 10 s, from when it did', () => {
    const film = [[8, 'candidate'], [15, STILL], [5, 'candidate']];
    assert.deepEqual(lines(filmed(film)), ['camera_frozen still 8-23']);
    assert.deepEqual(lines(filmed(film, 2)), ['camera_frozen still 8-23']);
  });

  test('never a person who sits still: no two of their pictures are equal', () => {
    assert.deepEqual(lines(filmed([[300, { change: 0.01 }]])), []);
  });

  test('nor a camera that is slower than the looks, or a codec that skips', () => {
    const slow = scene([[120, 'candidate']]).map((one, index) => ({ ...LIVE, ...one, print: Math.floor(index / 6) }));
    assert.deepEqual(lines(slow), []);
  });

  test('nor one that stalls now and then', () => {
    const stalls = Array.from({ length: 10 }, (_, index) => [[9, { ...STILL, print: 500 + index }], [0.6, 'candidate']]).flat();
    assert.deepEqual(lines(filmed(stalls)), []);
  });

  test('nor an empty room, a test picture or a black one, however still', () => {
    for (const picture of [SHOWS.nobody, BLACK, { ...SHOWS.nobody, contrast: 60, noise: 0 }]) {
      const kinds = found(filmed([[10, 'candidate'], [60, { ...picture, ...STILL, faces: 0 }]])).map(({ kind }) => kind);
      assert.deepEqual(kinds.filter((kind) => kind === 'camera_frozen'), []);
    }
  });

  test('a picture that changes for a moment stands still all the same', () => {
    const film = [[5, 'candidate'], [12, STILL], [0.2, 'candidate'], [12, { ...STILL, print: 78 }], [6, 'candidate']];
    assert.deepEqual(lines(filmed(film)), ['camera_frozen still 5-29.2']);
  });

  describe('a recording that is played again', () => {
    /** Frames of a file of `seconds` at `rate`, looked at `fps` times a second with some unevenness. */
    function played(length, seconds, rate = 30, fps = 5) {
      return scene([[length, 'candidate']], fps).map((one, index) => {
        const at = one.at + ((index * 37) % 50);
        return { ...LIVE, ...one, at, print: Math.floor(((at / 1000) % seconds) * rate) };
      });
    }

    test('opens after two rounds, from when it came again', () => {
      const [one, ...more] = found(played(60, 20));
      assert.deepEqual(more, []);
      assert.equal(one.detail.picture, 'repeats');
      assert.ok(Math.abs(one.detail.round_seconds - 20) <= 0.4, `${one.detail.round_seconds}`);
      assert.ok(Math.abs(one.started_at - 20) < 2, `${one.started_at}`);
    });

    test('is one incident, however often it comes again', () => {
      assert.equal(found(played(400, 12)).length, 1);
      assert.equal(found(played(400, 12, 15, 2)).length, 1);
    });

    test('ends where the camera lives again', () => {
      const [one] = found([...played(100, 20), ...filmed([[130, 'candidate']]).slice(500)]);
      assert.ok(Math.abs(one.ended_at - 100) < 2, `${one.ended_at}`);
    });

    test('not before a whole round came again', () => {
      assert.deepEqual(found(played(115, 60)), []);
      assert.equal(found(played(125, 60)).length, 1);
    });
  });
});

describe('what is watched for', () => {
  const without = (...keys) => ({ ...POLICY, detectors: ['camera_blocked', 'camera_frozen'].filter((key) => !keys.includes(key)) });

  test('nothing that the policy does not list', () => {
    const film = filmed([[10, 'candidate'], [12, BLACK], [8, 'candidate'], [20, { print: 7 }], [5, 'candidate']]);
    assert.deepEqual(lines(film, without('camera_blocked')), ['camera_frozen still 30-50']);
    assert.deepEqual(lines(film, without('camera_frozen')), ['camera_blocked  10-22']);
    assert.deepEqual(lines(film, without('camera_blocked', 'camera_frozen')), []);
  });

  test('what is open ends when the policy stops asking for it', () => {
    const readings = filmed([[5, 'candidate'], [6, BLACK]]);
    let state = camera.START;
    for (const reading of readings) state = camera.step(state, reading, POLICY, ids()).state;
    const last = readings[readings.length - 1].at;
    const { state: after, observations } = camera.changePolicy(state, POLICY, without('camera_blocked'), last + 100);
    assert.deepEqual(observations.map(({ kind, ended_at: at }) => [kind, at]), [['camera_blocked', last]]);
    assert.equal(after.open.blocked, null);
  });

  test('closing all tells the end of what is open', () => {
    const readings = filmed([[5, 'candidate'], [15, { print: 5 }]]);
    let state = camera.START;
    for (const reading of readings) state = camera.step(state, reading, POLICY, ids()).state;
    const last = readings[readings.length - 1].at;
    assert.deepEqual(camera.closeAll(state, last + 50).observations.map(({ ended_at: at }) => at), [last]);
  });
});
