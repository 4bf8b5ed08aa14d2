import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { lipLook, lipsMoved } from '../../../proctor_app/static/js/watch/speech/lips.js';
import * as detector from '../../../proctor_app/static/js/watch/speech/second-voice.js';
import { hear, incidents, messages, POLICY } from './hearing.js';

const QUIET = {};
const VOICE = { sound: 'talk' };
const OWN = { sound: 'talk', lips: 'talking' };

function near(value, expected, slack = 0.3) {
  assert.ok(Math.abs(value - expected) <= slack, `${value} is not within ${slack} of ${expected}`);
}

describe('a voice while the lips are still', () => {
  test('counts from when it began until it ended', () => {
    const [told, ...more] = incidents(hear([[10, QUIET], [6, VOICE], [8, QUIET]]));
    assert.deepEqual([told.kind, told.reason, more], ['second_voice', null, []]);
    near(told.started_at, 10);
    near(told.ended_at, 16);
    assert.ok(told.confidence > 0.85, `${told.confidence}`);
  });

  test('is told while it lasts, within two seconds of its threshold', () => {
    const [opened] = messages(hear([[10, QUIET], [9, VOICE], [8, QUIET]]));
    assert.equal(opened.ended_at, null);
    near(opened.told, 14.5, 0.5);
  });

  test('does not count below its threshold', () => {
    assert.deepEqual(incidents(hear([[10, QUIET], [2.5, VOICE], [8, QUIET]])), []);
  });

  test('counts through the pauses between sentences', () => {
    const [told, ...more] = incidents(hear([[10, QUIET], [9, { ...VOICE, onOff: [2, 0.7] }], [8, QUIET]]));
    assert.equal(more.length, 0);
    near(told.started_at, 10);
  });

  test('is one through a breath between sentences', () => {
    const found = incidents(hear([[10, QUIET], [8.5, { ...VOICE, onOff: [2, 1.25] }], [8, QUIET]]));
    assert.equal(found.length, 1);
    near(found[0].started_at, 10);
    near(found[0].ended_at, 18.5);
  });

  test('is made of words with gaps between them', () => {
    assert.equal(incidents(hear([[10, QUIET], [8, { ...VOICE, onOff: [0.4, 0.35] }], [8, QUIET]])).length, 1);
  });

  test('counts although the candidate spoke before and after', () => {
    const [told, ...more] = incidents(hear([[8, OWN], [2, QUIET], [6, VOICE], [2, QUIET], [8, OWN], [4, QUIET]]));
    assert.equal(more.length, 0);
    near(told.started_at, 10);
    near(told.ended_at, 16);
  });

  test('counts in a poor picture once the candidate was seen to speak clearly', () => {
    const [poor, voice] = [{ lips: 'noisy' }, { ...VOICE, lips: 'noisy' }];
    assert.deepEqual(incidents(hear([[20, poor], [6, voice], [8, poor]])), []);
    assert.equal(incidents(hear([[10, poor], [12, OWN], [3, poor], [6, voice], [8, poor]])).length, 1);
  });

  test('says how sure it was, and nothing of what was said', () => {
    const [told] = incidents(hear([[10, QUIET], [6, VOICE], [8, QUIET]]));
    assert.deepEqual(Object.keys(told.detail), ['voice_percent', 'lips_percent']);
    near(told.detail.voice_percent, 96, 1);
    assert.ok(told.detail.lips_percent < 0.1);
  });
});

describe('the candidate’s own voice is not another’s', () => {
  const nothingComesOf = (name, stretches) => test(name, () => assert.deepEqual(incidents(hear(stretches)), []));

  nothingComesOf('however long they speak', [[5, QUIET], [60, OWN], [5, QUIET]]);
  nothingComesOf('when they mumble with nearly closed lips', [[20, QUIET], [30, { ...VOICE, lips: 'mumbling' }], [5, QUIET]]);
  nothingComesOf('when they mumble from the first moment on', [[30, { ...VOICE, lips: 'mumbling' }], [5, QUIET]]);
  nothingComesOf('when they mumble before a camera so poor that still lips seem to move', [
    [20, { lips: 'noisy' }], [30, { ...VOICE, lips: 'noisyMumbling' }], [5, { lips: 'noisy' }],
  ]);
  nothingComesOf('when they hum an “mhm” now and then', [[10, QUIET], [30, { ...VOICE, onOff: [0.5, 1] }], [5, QUIET]]);
  nothingComesOf('when they laugh with an open mouth', [[10, QUIET], [6, { ...VOICE, lips: 'laughing' }], [5, QUIET]]);
  nothingComesOf('in sentences with pauses', [[5, QUIET], [40, { ...OWN, onOff: [2.5, 1.2] }], [5, QUIET]]);
  nothingComesOf('while their face is not seen', [[5, QUIET], [20, { ...VOICE, lips: 'away' }], [5, QUIET]]);
  nothingComesOf('while no reading comes', [[5, QUIET], [20, { ...VOICE, lips: 'none' }], [5, QUIET]]);
});

describe('other sounds', () => {
  const nothingComesOf = (name, stretches) => test(name, () => assert.deepEqual(incidents(hear(stretches)), []));

  nothingComesOf('typing is no voice', [[60, { sound: 'typing' }]]);
  nothingComesOf('coughs are no voice', [[5, QUIET], [30, { ...VOICE, onOff: [0.4, 1.2] }]]);
  nothingComesOf('a television far away is not near', [[10, OWN], [2, QUIET], [60, { sound: 'far' }], [5, QUIET]]);
  nothingComesOf('nor when automatic gain makes it as loud', [
    [10, { ...OWN, onOff: [2, 0.6] }], [7, { sound: 'raisedRoom' }],
    [60, { sound: 'raised', onOff: [2, 0.4], between: 'raisedRoom' }], [5, { sound: 'raisedRoom' }],
  ]);
  nothingComesOf('the interviewer’s voice from the loudspeaker is the interviewer’s', [
    [5, QUIET], [20, { ...VOICE, other: 'talk' }], [5, QUIET], [10, OWN], [20, { ...VOICE, other: 'talk' }], [5, QUIET],
  ]);
  nothingComesOf('nor is its echo anybody else’s', [
    [5, QUIET], ...Array.from({ length: 8 }, () => [[1, { ...VOICE, other: 'talk' }], [1.2, VOICE]]).flat(), [5, QUIET],
  ]);
  nothingComesOf('nor is what they murmur', [[5, QUIET], [20, { ...VOICE, other: 'murmur' }], [5, QUIET]]);
  nothingComesOf('where nobody listened to the interviewer, it may have been them', [
    [5, QUIET], [10, { ...VOICE, other: 'silence' }], [5, QUIET],
  ]);

  test('an interviewer who hangs up has still been heard', () => {
    const inputs = hear([[5, QUIET], [8, { ...VOICE, other: 'talk' }]]);
    const last = inputs.at(-1).at;
    const after = hear([[14, QUIET], [10, QUIET]]).filter(({ at }) => at > last);
    assert.deepEqual(incidents([...inputs, { at: last + 10, is_there: false }, ...after]), []);
  });

  test('a voice counts beside an interviewer who is silent', () => {
    const found = incidents(hear([[5, { other: 'talk' }], [5, QUIET], [6, VOICE], [5, QUIET]]));
    assert.equal(found.length, 1);
    near(found[0].started_at, 10);
  });
});

describe('what could not be told', () => {
  test('adds nothing: two seconds on each side of it are not four', () => {
    const away = { ...VOICE, lips: 'away' };
    assert.deepEqual(incidents(hear([[10, QUIET], [2, VOICE], [6, away], [2, VOICE], [8, QUIET]])), []);
  });

  test('adds nothing while it is short, either', () => {
    const turned = { ...VOICE, lips: 'away' };
    assert.deepEqual(incidents(hear([[10, QUIET], [2, VOICE], [0.2, turned], [2, VOICE], [8, QUIET]])), []);
    assert.equal(incidents(hear([[10, QUIET], [4.2, VOICE], [8, QUIET]])).length, 1);
  });

  test('lips that are looked at too seldom, or only before the moment, are not judged', () => {
    const every = (/** @type {number} */ step, /** @type {number} */ until) =>
      Array.from({ length: until / step }, (_, index) => ({ at: index * step, gap: 0.001 }));
    assert.equal(lipsMoved(every(200, 4000), 2000), 0);
    assert.equal(lipsMoved(every(450, 4000), 2000), null);
    assert.equal(lipsMoved(every(100, 2000), 2000), null);
  });

  test('ends what was open at the last moment judged', () => {
    const [told] = incidents(hear([[10, QUIET], [6, VOICE], [10, { ...VOICE, lips: 'away' }], [5, QUIET]]));
    near(told.ended_at, 15.2, 0.4);
  });

  test('a microphone that is closed ends it too', () => {
    const inputs = hear([[10, QUIET], [6, VOICE]]);
    const last = inputs.at(-1).at;
    const closed = Array.from({ length: 10 }, (_, index) => ({ at: last + 500 * (index + 1), could_not_tell: 'no_microphone' }));
    const [told] = incidents([...inputs, ...closed]);
    near(told.ended_at, 14.5, 0.3);
  });

  test('a picture that stands still says nothing of the lips', () => {
    const reading = { at: 1, faces: 1, cut_off: false, yaw: 0, pitch: 0, face_width: 0.3, mouth: 0.001, change: 0 };
    assert.equal(lipLook(reading).gap, null);
    assert.equal(lipLook({ ...reading, change: 0.4 }).gap, 0.001);
    assert.equal(lipLook({ ...reading, change: 0.4, faces: 2 }).gap, null);
    assert.equal(lipLook({ ...reading, change: 0.4, yaw: 40 }).gap, null);
    assert.equal(lipLook({ ...reading, change: 0.4, face_width: 0.08 }).gap, null);
  });
});

describe('the policy', () => {
  test('a policy that does not listen for it never opens it', () => {
    assert.deepEqual(messages(hear([[10, QUIET], [6, VOICE], [8, QUIET]]), { thresholds: {}, detectors: [] }), []);
  });

  test('its threshold is the one that counts', () => {
    const wide = { ...POLICY, thresholds: { second_voice: 10 } };
    assert.deepEqual(messages(hear([[10, QUIET], [6, VOICE], [8, QUIET]]), wide), []);
  });

  test('what is open ends at the moment at which the policy stops listening', () => {
    const newId = () => 'one';
    let state = detector.START;
    const told = [];
    const inputs = hear([[10, QUIET], [6, VOICE]]);
    for (const input of inputs) {
      const result = detector.step(state, input, POLICY, newId);
      state = result.state;
      told.push(...result.observations);
    }
    const off = { thresholds: {}, detectors: [] };
    const { observations } = detector.changePolicy(state, POLICY, off, inputs.at(-1).at);
    assert.equal(told.length, 1);
    assert.equal(observations.length, 1);
    assert.ok(observations[0].ended_at > observations[0].started_at);
    assert.deepEqual(detector.changePolicy(state, POLICY, { ...POLICY }, inputs.at(-1).at).observations, []);
  });
});
