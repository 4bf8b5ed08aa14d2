/** What a microphone and a camera might tell, for tests: stretches of talk and of lips, sound by sound and look by look. */

import * as detector from '../../../proctor_app/static/js/watch/speech/second-voice.js';
import { SOUND_MS } from '../../../proctor_app/static/js/watch/speech/talk.js';
import { ids } from '../scenes.js';

const EPOCH = 1_700_000_000_000;
export const POLICY = { thresholds: { second_voice: 3 }, detectors: ['second_voice'] };
const LOOK_MS = 200;
const TALK = { voice: 0.96, level: -27 };

/** What the microphone may hear. */
const SOUNDS = {
  nothing: { voice: 0.02, level: -62 },
  talk: TALK,
  far: { voice: 0.93, level: -47 },
  // What automatic gain makes of a television far away, and of the room behind it.
  raised: { voice: 0.93, level: -28 },
  raisedRoom: { voice: 0.05, level: -40 },
  murmur: { voice: 0.4, level: -52 },
  typing: { voice: 0.06, level: -34 },
};
/** By how much of the face's height the lips are apart, look by look. */
const LIPS = {
  still: [0.0011, 0.0014, 0.0009, 0.0012],
  talking: [0.004, 0.051, 0.022, 0.067, 0.009, 0.038],
  mumbling: [0.002, 0.0062, 0.0035, 0.0078, 0.0027],
  noisy: [0.012, 0.0155, 0.0185, 0.0125, 0.017, 0.0135],
  noisyMumbling: [0.012, 0.0205, 0.0165, 0.0125, 0.019, 0.0135],
  laughing: [0.082, 0.083, 0.081, 0.084],
  away: [null],
};

/**
 * @param {[number, {sound?: string, lips?: string, other?: string|null, seconds?: number[]}][]} stretches
 * `sound` and `other` name SOUNDS; `other: null` and no `other` mean that there is no other side; `sound: 'silence'`: nobody
 * listens; `lips: 'none'`: nobody looks. `onOff`: [seconds of talk, seconds of `between`], repeated
 */
export function hear(stretches) {
  const inputs = [];
  const hasOther = stretches.some(([, { other }]) => other);
  if (hasOther) inputs.push({ at: EPOCH, is_there: true });
  let start = 0;
  for (const [seconds, { sound = 'nothing', lips = 'still', other = 'nothing', onOff, between = 'nothing' }] of stretches) {
    const within = (/** @type {number} */ step) => steps(start, start + seconds * 1000, step);
    for (const ms of within(SOUND_MS)) {
      const isOn = !onOff || (ms - start) / 1000 % (onOff[0] + onOff[1]) < onOff[0];
      if (sound !== 'silence') inputs.push({ at: EPOCH + ms, source: 'microphone', ...SOUNDS[isOn ? sound : between] });
      if (hasOther && other !== 'silence') inputs.push({ at: EPOCH + ms + 20, source: 'remote', ...SOUNDS[other] });
    }
    if (lips !== 'none') for (const ms of within(LOOK_MS)) inputs.push({ at: EPOCH + ms, gap: gapAt(lips, ms) });
    start += seconds * 1000;
  }
  return inputs.sort((a, b) => a.at - b.at);
}

function steps(from, to, step) {
  const first = Math.ceil(from / step) * step;
  return Array.from({ length: Math.max(0, Math.ceil((to - first) / step)) }, (_, index) => first + index * step);
}

function gapAt(lips, ms) {
  const gaps = LIPS[lips];
  return gaps[Math.round(ms / LOOK_MS) % gaps.length];
}

/** Every message in order, with times in seconds from the beginning. */
export function messages(inputs, policy = POLICY) {
  const newId = ids();
  const first = inputs[0].at;
  let state = detector.START;
  const told = [];
  for (const input of inputs) {
    const result = detector.step(state, input, policy, newId);
    state = result.state;
    told.push(...result.observations.map((one) => ({ ...one, told: inSeconds(input.at, first) })));
  }
  return told.map((one) => ({ ...one, started_at: inSeconds(one.started_at, first), ended_at: inSeconds(one.ended_at, first) }));
}

function inSeconds(at, first) {
  return at === null ? null : Math.round((at - first) / 10) / 100;
}

/** What became of them: the last message of each. */
export function incidents(inputs, policy = POLICY) {
  const byId = new Map();
  for (const message of messages(inputs, policy)) byId.set(message.id, message);
  return [...byId.values()];
}
