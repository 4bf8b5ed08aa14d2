/**
 * `second_voice`: speech in the candidate's own microphone while their lips are still. `step(state, input, policy, newId) →
 * {state, observations}`. Pure.
 *
 * `input` is a sound (of the microphone or from the other side of the call), a look at the lips, or `{at, could_not_tell: reason}`.
 * Each moment is judged `LAG_MS` later, when what came after it is known too. It is
 *
 *   true    somebody talked, near enough to be in the room, and the lips did not move;
 *   false   nobody talked, or the lips moved, or the voice was far away;
 *   neither the lips could not be told (lips.js), or it may have been the other side's voice from a loudspeaker, or nobody
 *           listened. Such time adds nothing, and after `BLIND_MS` of it what was open ends at the last moment judged.
 *
 * A candidate who speaks moves their lips, so the limit of what is still is set below any speech (see `STILL`), and, where
 * the picture is clean, lower than that. It is better to miss a voice than to call the candidate's own another's.
 */

import { freeze, IDLE, look, settle } from '../condition.js';
import { hasChanged, isOn } from '../policy.js';
import { AROUND_MS, lipsMoved } from './lips.js';
import { mayBeOthers, talkAt } from './talk.js';

export const LAG_MS = 1500;
export const BLIND_MS = 2000;
const DEFAULT_SECONDS = 3;
// What the longest look back needs: a stretch of talk with its bridges, and the echo.
const KEPT_MS = 6000;

// Shares of the face's height by which the gap between the lips may vary and still count as still. Measured over the windows of
// lips.js: still lips vary by 0.001 in a clean picture and by 0.01 in a poor one, lips that speak by 0.02 and mostly 0.05 or
// more. A nearly closed mouth that mumbles moves by a millimetre or two: 0.006 is one. So, twice what this candidate's still
// lips vary by, but never more than a millimetre; and once they were seen to speak, than a quarter of how they move then.
export const STILL = { least: 0.003, most: 0.006, ofSpeech: 0.25, mostOfSpeech: 0.012, overQuiet: 2 };
// How much of their speech, in looks ten times a second, has to be seen for that.
const SPEECH_LOOKS = 50;
const QUIET_SMOOTHING = 0.03;
// A voice this far below the candidate's own, in dB, comes from about five times the distance: another room, a television.
const FAR = 15;
// The browser's automatic gain makes it as loud as any within seconds, and the room's own noise with it; so how far it stands
// out from that is compared as well. Noise suppression brings that nearer: of 25 dB between two voices it left 14 (measured).
const FAR_ABOVE = 10;
const INAUDIBLE = -55;
const OWN_SMOOTHING = 0.02;

/** @typedef {import('./ears.js').Sound} Sound */
/** @typedef {import('./lips.js').LipLook} LipLook */
/** @typedef {import('../dwell.js').Policy} Policy */
/** @typedef {import('../dwell.js').Observation} Observation */
/** @typedef {{at: number, could_not_tell: string}} Unheard */
/** @typedef {{at: number, is_there: boolean}} OtherSide whether the call brings another side's sound from now on */
/** @typedef {Sound|LipLook|Unheard|OtherSide} Input */
/** @typedef {{hits: number, misses: number, trailing: number, voice: number, moved: number}} Evidence sums over the hits */
/** @typedef {{level: number, above: number, moved: number, looks: number}} OwnSpeech as in talk.js, and how far the lips move with it */
/**
 * @typedef {Object} State
 * @property {Sound[]} sounds of the microphone, of the last seconds
 * @property {Sound[]} others from the other side
 * @property {LipLook[]} looks
 * @property {boolean} hasOther
 * @property {number|null} judgedAt the last moment that was looked at
 * @property {number|null} toldAt the last moment that was true or false
 * @property {number|null} quiet how much the gap between still lips varies in this picture
 * @property {OwnSpeech|null} own what the candidate's own speech is like
 * @property {import('../condition.js').Condition} condition
 * @property {Evidence} evidence
 * @property {Observation|null} open
 */
/** @typedef {{state: State, observations: Observation[]}} Result */
/** @typedef {{isTrue: boolean|null, voice: number, moved: number}} Verdict */

const NOTHING = Object.freeze({ hits: 0, misses: 0, trailing: 0, voice: 0, moved: 0 });
/** @type {Readonly<State>} */
export const START = Object.freeze({
  sounds: [],
  others: [],
  looks: [],
  hasOther: false,
  judgedAt: null,
  toldAt: null,
  quiet: null,
  own: null,
  condition: IDLE,
  evidence: NOTHING,
  open: null,
});

/**
 * @param {State} before
 * @param {Input} input
 * @param {Policy} policy
 * @param {() => string} newId
 * @returns {Result}
 */
export function step(before, input, policy, newId) {
  const state = { ...before };
  /** @type {Observation[]} */
  const observations = [];
  if ('could_not_tell' in input) {
    observations.push(...lookAside(state, input.at - LAG_MS));
  } else if ('is_there' in input) {
    state.hasOther = input.is_there;
  } else if ('gap' in input) {
    state.looks = recent(state.looks, input);
  } else if (input.source === 'remote') {
    state.others = recent(state.others, input);
  } else {
    state.sounds = recent(state.sounds, input);
    for (const { at } of state.sounds) {
      const isDue = at <= input.at - LAG_MS && (state.judgedAt === null || at > state.judgedAt);
      if (isDue && isOn(policy, 'second_voice')) observations.push(...judge(state, at, policy, newId));
    }
  }
  return { state, observations };
}

/**
 * Close what is open: the listening stops, or a rule has changed. What was learned is kept.
 * @param {State} before
 * @param {number} at
 * @returns {Result}
 */
export function closeAll(before, at) {
  const { quiet, own, hasOther, toldAt } = before;
  const { closedAt } = settle(before.condition, Math.min(at, toldAt ?? at));
  return { state: { ...START, quiet, own, hasOther }, observations: closedAt === null ? [] : closing(before, closedAt) };
}

/**
 * @param {State} state
 * @param {Policy} before
 * @param {Policy} after
 * @param {number} at
 * @returns {Result}
 */
export function changePolicy(state, before, after, at) {
  return hasChanged(before, after, 'second_voice') ? closeAll(state, at) : { state, observations: [] };
}

/**
 * @template {{at: number}} T
 * @param {T[]} kept
 * @param {T} next
 * @returns {T[]}
 */
function recent(kept, next) {
  return [...kept.filter(({ at }) => next.at - at <= KEPT_MS), next];
}

/** @param {State} state @param {number} at the moment @param {Policy} policy @param {() => string} newId @returns {Observation[]} */
function judge(state, at, policy, newId) {
  state.judgedAt = at;
  const { isTrue, voice, moved } = verdict(state, at);
  if (isTrue === null) return lookAside(state, at);
  state.toldAt = at;
  const threshold = (policy.thresholds.second_voice ?? DEFAULT_SECONDS) * 1000;
  const since = state.condition.first?.since;
  const { condition, opened, closedAt } = look(state.condition, isTrue, at, threshold);
  const observations = closedAt === null ? [] : closing(state, closedAt);
  if (closedAt !== null) state.open = null;
  state.condition = condition;
  const isSame = condition.first !== null && condition.first.since === since;
  state.evidence = witness(isSame ? state.evidence : NOTHING, isTrue, voice, moved);
  if (opened && condition.first) {
    const started = Math.round(condition.first.since);
    state.open = { id: newId(), kind: 'second_voice', reason: null, started_at: started, ended_at: null, ...claim(state.evidence) };
    observations.push(state.open);
  }
  return observations;
}

/** What a moment was; learns from it. @param {State} state @param {number} at @returns {Verdict} */
function verdict(state, at) {
  const talk = talkAt(state.sounds, at);
  if (talk === undefined) return { isTrue: null, voice: 0, moved: 0 };
  const moved = lipsMoved(state.looks, at);
  if (talk === null) {
    if (moved !== null && isSilentAround(state, at)) state.quiet = smoothed(state.quiet, moved, QUIET_SMOOTHING);
    return { isTrue: false, voice: 0, moved: moved ?? 0 };
  }
  const { voice } = talk;
  if (moved === null || mayBeOthers(state.others, state.hasOther, at)) return { isTrue: null, voice, moved: 0 };
  const isStill = moved <= stillness(state);
  if (!isStill) state.own = learned(state.own, talk, moved);
  return { isTrue: isStill && isNear(talk, state.own), voice, moved };
}

/** @param {import('./talk.js').Talk} talk @param {OwnSpeech|null} own */
function isNear({ level, above }, own) {
  return level >= INAUDIBLE && (own === null || (level >= own.level - FAR && above >= own.above - FAR_ABOVE));
}

/** Nobody talks within the time over which lips are judged. @param {State} state @param {number} at */
function isSilentAround({ sounds }, at) {
  return sounds.every((sound) => Math.abs(sound.at - at) > AROUND_MS || sound.voice < 0.2);
}

/** @param {State} state @returns {number} how much still lips may seem to move */
function stillness({ quiet, own }) {
  const isKnown = own !== null && own.looks >= SPEECH_LOOKS;
  const most = isKnown ? Math.min(STILL.mostOfSpeech, STILL.ofSpeech * own.moved) : STILL.most;
  return Math.max(STILL.least, Math.min(most, STILL.overQuiet * (quiet ?? 0)));
}

/** @param {OwnSpeech|null} own @param {import('./talk.js').Talk} talk @param {number} moved @returns {OwnSpeech} */
function learned(own, { level, above }, moved) {
  if (own === null) return { level, above, moved, looks: 1 };
  return {
    level: smoothed(own.level, level, OWN_SMOOTHING),
    above: smoothed(own.above, above, OWN_SMOOTHING),
    moved: smoothed(own.moved, moved, OWN_SMOOTHING),
    looks: own.looks + 1,
  };
}

/** @param {number|null} mean @param {number} value @param {number} weight */
function smoothed(mean, value, weight) {
  return mean === null ? value : mean + weight * (value - mean);
}

/** @param {State} state @param {number} at @returns {Observation[]} */
function lookAside(state, at) {
  state.condition = freeze(state.condition);
  if (state.toldAt === null || at - state.toldAt <= BLIND_MS) return [];
  const { condition, closedAt } = settle(state.condition, state.toldAt);
  const observations = closedAt === null ? [] : closing(state, closedAt);
  state.condition = condition;
  state.open = null;
  return observations;
}

/** @param {State} state @param {number} at @returns {Observation[]} */
function closing({ open, evidence }, at) {
  return open ? [{ ...open, ended_at: Math.round(at), ...claim(evidence) }] : [];
}

/** @param {Evidence} seen @param {boolean} isTrue @param {number} voice @param {number} moved @returns {Evidence} */
function witness(seen, isTrue, voice, moved) {
  if (!isTrue) return { ...seen, trailing: seen.trailing + 1 };
  const { hits, misses, trailing } = seen;
  return { hits: hits + 1, misses: misses + trailing, trailing: 0, voice: seen.voice + voice, moved: seen.moved + moved };
}

/**
 * How sure the model was that it was speech, over the looks that showed it; and how far the lips moved, in percent of the face.
 * @param {Evidence} seen
 */
function claim({ hits, misses, voice, moved }) {
  const certain = voice / hits;
  return {
    confidence: Number(((certain * hits) / (hits + misses)).toFixed(2)),
    detail: { voice_percent: Math.round(100 * certain), lips_percent: Number(((100 * moved) / hits).toFixed(2)) },
  };
}
