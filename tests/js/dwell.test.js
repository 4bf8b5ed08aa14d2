import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as dwell from '../../proctor_app/static/js/watch/dwell.js';
import { ids, incidents, lines, messages, POLICY, scene, SHOWS } from './scenes.js';

describe('nothing happens', () => {
  test('a candidate at their screen is never reported', () => {
    assert.deepEqual(lines(scene([[120, 'candidate']])), []);
  });

  test('someone who never came is absent from the first look', () => {
    assert.deepEqual(lines(scene([[30, 'nobody']])), ['absence 0-…']);
  });
});

describe('a face that is not visible', () => {
  test('counts after its threshold, from when it began, until when it ended', () => {
    assert.deepEqual(lines(scene([[20, 'candidate'], [5, 'nobody'], [20, 'candidate']])), [
      'focus_loss/face_not_visible 20-25',
    ]);
  });

  test('is told as it opens, not when it ends', () => {
    const [opened] = messages(scene([[20, 'candidate'], [5, 'nobody'], [20, 'candidate']]));
    assert.equal(opened.ended_at, null);
    assert.ok(Math.abs(opened.told - 23) <= 0.2, `told at ${opened.told}`);
  });

  test('is not reported when it is shorter than the threshold', () => {
    assert.deepEqual(lines(scene([[20, 'candidate'], [2.8, 'nobody'], [20, 'candidate']])), []);
  });

  test('blips in a row never add up', () => {
    const blips = Array.from({ length: 20 }, () => [[0.8, 'nobody'], [1.4, 'candidate']]).flat();
    assert.deepEqual(lines(scene([[10, 'candidate'], ...blips])), []);
  });

  test('becomes an absence under the same id, and is never counted twice', () => {
    const told = messages(scene([[20, 'candidate'], [15, 'nobody'], [10, 'candidate']]));
    assert.deepEqual(
      told.map(({ kind, reason, ended_at: ended }) => [kind, reason, ended]),
      [
        ['focus_loss', 'face_not_visible', null],
        ['absence', null, null],
        ['absence', null, 35],
      ],
    );
    assert.equal(new Set(told.map(({ id }) => id)).size, 1);
    assert.ok(told.every(({ started_at: started }) => started === 20));
  });

  test('a single look in between that finds a face does not end it', () => {
    const flicker = [[6, 'nobody'], [0.2, 'candidate'], [6, 'nobody']];
    assert.deepEqual(lines(scene([[20, 'candidate'], ...flicker, [10, 'candidate']])), ['absence 20-32.2']);
  });

  test('a single missed look neither opens nor resets anything', () => {
    const missed = Array.from({ length: 30 }, () => [[1.8, 'candidate'], [0.2, 'nobody']]).flat();
    assert.deepEqual(lines(scene([[10, 'candidate'], ...missed])), []);
    const waiting = [[2, 'nobody'], [0.2, 'candidate'], [2, 'nobody']];
    assert.deepEqual(lines(scene([[20, 'candidate'], ...waiting, [10, 'candidate']])), [
      'focus_loss/face_not_visible 20-24.2',
    ]);
  });

  test('thresholds are those of the policy, in seconds', () => {
    const policy = { thresholds: { ...POLICY.thresholds, face_not_visible: 6, absence: 8 } };
    assert.deepEqual(lines(scene([[20, 'candidate'], [5, 'nobody'], [20, 'candidate']]), policy), []);
    assert.deepEqual(lines(scene([[20, 'candidate'], [9, 'nobody'], [20, 'candidate']]), policy), ['absence 20-29']);
  });
});

describe('two of one kind', () => {
  test('less than two seconds apart are one', () => {
    assert.deepEqual(lines(scene([[20, 'candidate'], [5, 'nobody'], [1.6, 'candidate'], [5, 'nobody'], [10, 'candidate']])), [
      'focus_loss/face_not_visible 20-31.6',
    ]);
  });

  test('further apart are two', () => {
    assert.deepEqual(lines(scene([[20, 'candidate'], [5, 'nobody'], [2.4, 'candidate'], [5, 'nobody'], [10, 'candidate']])), [
      'focus_loss/face_not_visible 20-25',
      'focus_loss/face_not_visible 27.4-32.4',
    ]);
  });

  test('a blip soon after the end does not move the end', () => {
    assert.deepEqual(lines(scene([[20, 'candidate'], [5, 'nobody'], [1.6, 'candidate'], [1, 'nobody'], [10, 'candidate']])), [
      'focus_loss/face_not_visible 20-25',
    ]);
  });

  test('an absence that goes on after a short return is still one absence', () => {
    assert.deepEqual(lines(scene([[20, 'candidate'], [12, 'nobody'], [1.4, 'candidate'], [6, 'nobody'], [10, 'candidate']])), [
      'absence 20-39.4',
    ]);
  });

  test('a face lost twice for less than an absence does not become one', () => {
    const [only] = incidents(scene([[20, 'candidate'], [7, 'nobody'], [1.4, 'candidate'], [7, 'nobody'], [10, 'candidate']]));
    assert.equal(only.kind, 'focus_loss');
  });
});

describe('looking away', () => {
  const directions = [
    ['right', 'right', 38],
    ['left', 'left', 40],
    ['down', 'down', 30],
    ['up', 'up', 28],
  ];
  for (const [show, direction, degrees] of directions) {
    test(`${direction}, measured from the candidate's own neutral pose`, () => {
      const [only, ...others] = incidents(scene([[20, 'candidate'], [7, show], [10, 'candidate']]));
      assert.deepEqual(others, []);
      assert.equal(only.reason, 'looking_away');
      assert.deepEqual([only.started_at, only.ended_at], [20, 27]);
      assert.equal(only.detail.direction, direction);
      assert.equal(only.detail.degrees, degrees);
    });
  }

  test('a turn to a corner counts by its whole size', () => {
    const [only] = incidents(scene([[20, 'candidate'], [8, { yaw: 24, pitch: 12 }], [10, 'candidate']]));
    assert.equal(only.reason, 'looking_away');
    assert.deepEqual(only.detail, { by: 'head', direction: 'right', degrees: 22, yaw: 22, pitch: 16 });
  });

  test('a glance is not reported', () => {
    assert.deepEqual(lines(scene([[20, 'candidate'], [4.6, 'right'], [10, 'candidate']])), []);
  });

  test('a camera at the side is no looking away: only the turn from neutral counts', () => {
    const aside = { yaw: 19, pitch: 12 };
    assert.deepEqual(lines(scene([[20, aside], [20, { yaw: 34, pitch: 4 }], [20, { yaw: 4, pitch: 22 }]])), []);
    assert.deepEqual(lines(scene([[20, aside], [8, { yaw: -10, pitch: 12 }], [5, aside]])), ['focus_loss/looking_away 20-28']);
  });

  test('a head at the limit does not flicker', () => {
    const edge = Array.from({ length: 15 }, () => [[0.4, { yaw: 29 }], [0.4, { yaw: 25 }]]).flat();
    assert.deepEqual(lines(scene([[20, 'candidate'], ...edge, [10, 'candidate']])), ['focus_loss/looking_away 20-32']);
  });

  test('who looks away from the start does not make that their neutral pose', () => {
    assert.deepEqual(lines(scene([[4, 'right'], [20, 'candidate'], [8, 'right'], [5, 'candidate']])), [
      'focus_loss/looking_away 24-32',
    ]);
  });
});

describe('a head that turns so far that the model loses it', () => {
  test('is still looking away while that goes on', () => {
    const turned = [[6, 'right'], [5, 'nobody'], [2, 'right']];
    assert.deepEqual(lines(scene([[20, 'candidate'], ...turned, [10, 'candidate']])), ['focus_loss/looking_away 20-33']);
  });

  test('is an absence of its own once it is lost as long as that', () => {
    assert.deepEqual(lines(scene([[20, 'candidate'], [6, 'right'], [14, 'nobody'], [10, 'candidate']])), [
      'focus_loss/looking_away 20-26',
      'absence 26-40',
    ]);
  });

  test('short losses between two turned looks do not reset what waits', () => {
    const turned = [[2, 'right'], [1.4, 'nobody'], [2, 'right'], [1.4, 'nobody'], [2, 'right']];
    assert.deepEqual(lines(scene([[20, 'candidate'], ...turned, [10, 'candidate']])), ['focus_loss/looking_away 20-28.8']);
  });

  test('a loss soon after the turn is a face not visible, with the turn in its detail and less certainty', () => {
    const [only, ...others] = incidents(scene([[20, 'candidate'], [0.6, 'right'], [6, 'nobody'], [10, 'candidate']]));
    assert.deepEqual(others, []);
    assert.equal(only.reason, 'face_not_visible');
    assert.equal(only.started_at, 20.6);
    assert.deepEqual(only.detail, { turned_before: 'right', degrees_before: 38 });
    assert.ok(only.confidence < 0.7);
  });
});

describe('several faces', () => {
  test('count after their threshold', () => {
    const [only, ...others] = incidents(scene([[20, 'candidate'], [6, 'friend'], [10, 'candidate']]));
    assert.deepEqual(others, []);
    assert.deepEqual([only.kind, only.started_at, only.ended_at], ['multiple_faces', 20, 26]);
    assert.equal(only.detail.faces, 2);
  });

  test('for a moment are not reported', () => {
    assert.deepEqual(lines(scene([[20, 'candidate'], [1.6, 'friend'], [10, 'candidate']])), []);
  });

  test('suppress looking away', () => {
    const turnedFriend = { faces: 2, yaw: 40 };
    assert.deepEqual(lines(scene([[20, 'candidate'], [8, turnedFriend], [10, 'candidate']])), ['multiple_faces 20-28']);
  });

  test('end a looking away where they began', () => {
    assert.deepEqual(lines(scene([[20, 'candidate'], [8, 'right'], [8, { faces: 2, yaw: 40 }], [10, 'candidate']])), [
      'focus_loss/looking_away 20-28',
      'multiple_faces 28-36',
    ]);
  });

  test('a spurious one does not interrupt looking away', () => {
    const blip = [[4, 'right'], [0.6, { faces: 2, yaw: 40 }], [4, 'right']];
    assert.deepEqual(lines(scene([[20, 'candidate'], ...blip, [10, 'candidate']])), ['focus_loss/looking_away 20-28.6']);
  });
});

describe('could not tell', () => {
  for (const show of ['covered', 'dark', 'blurred']) {
    test(`${show}: a picture that shows nothing is no absence`, () => {
      assert.deepEqual(lines(scene([[20, 'candidate'], [30, show], [10, 'candidate']])), []);
    });
  }

  test('a face cut off by the edge is not judged', () => {
    assert.deepEqual(lines(scene([[20, 'candidate'], [30, 'cutOff'], [10, 'candidate']])), []);
  });

  test('a hidden page is no absence, whatever its slow timers bring', () => {
    assert.deepEqual(lines(scene([[20, 'candidate'], [60, { could_not_tell: 'page_hidden' }], [10, 'candidate']])), []);
  });

  test('an empty dark room is an absence where the candidate was seen in the same light', () => {
    const dim = { luma: 11, contrast: 9, face_luma: 21 };
    assert.deepEqual(lines(scene([[20, dim], [12, 'dark'], [10, dim]])), ['absence 20-32']);
  });

  test('what is seen is seen, however dark the picture', () => {
    const dim = { luma: 9, contrast: 8, sharpness: 0.4, face_luma: 20 };
    assert.deepEqual(lines(scene([[20, dim], [8, { ...dim, faces: 2 }], [10, dim]])), ['multiple_faces 20-28']);
  });

  test('time that was not seen adds nothing to a threshold', () => {
    const interrupted = [[2, 'nobody'], [1.8, 'dark'], [0.8, 'nobody']];
    assert.deepEqual(lines(scene([[20, 'candidate'], ...interrupted, [10, 'candidate']])), []);
    const longer = [[2, 'nobody'], [1.8, 'dark'], [2, 'nobody']];
    assert.deepEqual(lines(scene([[20, 'candidate'], ...longer, [10, 'candidate']])), ['focus_loss/face_not_visible 20-25.8']);
  });

  test('a short stretch of it does not end what is open', () => {
    assert.deepEqual(lines(scene([[20, 'candidate'], [6, 'nobody'], [1.6, 'dark'], [6, 'nobody'], [10, 'candidate']])), [
      'absence 20-33.6',
    ]);
  });

  test('a longer one closes it at the last moment seen, and what comes after begins anew', () => {
    assert.deepEqual(lines(scene([[20, 'candidate'], [6, 'nobody'], [5, 'dark'], [6, 'nobody'], [10, 'candidate']])), [
      'focus_loss/face_not_visible 20-25.8',
      'focus_loss/face_not_visible 31-37',
    ]);
  });

  test('what was ending then keeps its end', () => {
    assert.deepEqual(lines(scene([[20, 'candidate'], [6, 'nobody'], [0.6, 'candidate'], [10, 'dark'], [5, 'candidate']])), [
      'focus_loss/face_not_visible 20-26',
    ]);
  });

  test('a long silence of the worker is such time too', () => {
    assert.deepEqual(lines(scene([[20, 'candidate'], [2, 'nobody'], [8, 'silence'], [2, 'nobody'], [10, 'candidate']])), []);
    assert.deepEqual(lines(scene([[20, 'candidate'], [5, 'nobody'], [8, 'silence'], [10, 'candidate']])), [
      'focus_loss/face_not_visible 20-24.8',
    ]);
  });

  test('says why, and since when', () => {
    let state = dwell.START;
    for (const reading of scene([[5, 'candidate'], [3, 'covered']])) {
      ({ state } = dwell.step(state, reading, POLICY, ids()));
    }
    assert.equal(state.blind.reason, 'covered');
    assert.equal(state.lookedAt - state.blind.since, 2800);
  });
});

describe('rate and rounding', () => {
  for (const fps of [1.25, 2, 5, 15, 30]) {
    test(`at ${fps} readings a second the same is found`, () => {
      const readings = scene(
        [[20, 'candidate'], [15, 'nobody'], [15, 'candidate'], [6, 'friend'], [15, 'candidate'], [9, 'left'], [15, 'candidate']],
        fps,
      );
      const found = incidents(readings);
      assert.deepEqual(found.map(({ kind, reason }) => reason ?? kind), ['absence', 'multiple_faces', 'looking_away']);
      const starts = [20, 50, 71];
      found.forEach(({ started_at: started }, index) => assert.ok(Math.abs(started - starts[index]) <= 1 / fps + 0.01));
    });
  }
});

test('what is open is closed when the monitoring stops', () => {
  const readings = scene([[20, 'candidate'], [6, 'nobody']]);
  const newId = ids();
  let state = dwell.START;
  for (const reading of readings) ({ state } = dwell.step(state, reading, POLICY, newId));
  const last = readings[readings.length - 1].at;
  const { observations, state: after } = dwell.closeAll(state, last + 400);
  assert.equal(observations.length, 1);
  assert.equal(observations[0].ended_at, last);
  assert.deepEqual(dwell.closeAll(after, last + 800).observations, []);
});

test('every message has the wire form', () => {
  const told = messages(scene([[20, 'candidate'], [15, 'nobody'], [15, 'candidate'], [6, 'friend'], [9, 'left'], [15, 'candidate']]));
  assert.ok(told.length > 6);
  for (const { confidence, detail } of told) {
    assert.ok(confidence > 0 && confidence <= 1);
    for (const [key, value] of Object.entries(detail)) {
      assert.match(key, /^[a-z_]{1,40}$/);
      assert.ok(['string', 'number', 'boolean'].includes(typeof value));
    }
  }
});

test('a step changes neither the state it is given nor a frozen start', () => {
  const [reading] = scene([[1, SHOWS.candidate]]);
  const before = structuredClone(dwell.START);
  dwell.step(dwell.START, reading, POLICY, ids());
  assert.deepEqual(dwell.START, before);
});

test('a reading that comes late, after something newer, is ignored', () => {
  const [first, second, third] = scene([[0.6, 'candidate']]);
  let { state } = dwell.step(dwell.START, first, POLICY, ids());
  ({ state } = dwell.step(state, { at: third.at, could_not_tell: 'page_hidden' }, POLICY, ids()));
  assert.deepEqual(dwell.step(state, second, POLICY, ids()).state, state);
});
