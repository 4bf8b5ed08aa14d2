/**
 * The camera itself: `step(state, input, policy, newId) → {state, observations}`, with the inputs of dwell.js. Pure.
 *
 * - `camera_blocked`: black, covered or uniformly dark (visibility.js). dwell.js cannot tell anything then, so nobody is absent.
 * - `camera_frozen`: the same picture (`picture: 'still'`) or a recording that is played again (`picture: 'repeats'`), while a
 *   face is in it (still.js).
 *
 * The rules of time are those of condition.js. What was not looked at is not counted; after `BLIND_MS` of it all is over. A recording
 * has no threshold alone: it must also have been seen twice as a whole.
 */

import { freeze, IDLE, look, settle } from './condition.js';
import { BLIND_MS, GAP_MS } from './dwell.js';
import { hasChanged, isOn } from './policy.js';
import * as still from './still.js';
import { isBlocked, lightAfter } from './visibility.js';

const DEFAULT_SECONDS = { camera_blocked: 3, camera_frozen: 10 };

/** @typedef {import('./dwell.js').Observation} Observation */
/** @typedef {import('./dwell.js').Policy} Policy */
/** @typedef {import('./face.js').Reading} Reading */
/** @typedef {'blocked'|'frozen'} Cause */
/**
 * @typedef {Object} Dark
 * @property {number} hits looks that showed a blocked camera
 * @property {number} misses looks between two hits that did not
 * @property {number} trailing looks since the last hit
 * @property {number} luma of all hits together
 */
/**
 * @typedef {Object} State
 * @property {number|null} lookedAt the last input
 * @property {number|null} seenAt the last reading
 * @property {number|null} lit the brightness in which a face was seen lately
 * @property {Dark} dark
 * @property {still.Stillness} stillness
 * @property {Record<Cause, import('./condition.js').Condition>} conditions
 * @property {Record<Cause|'replay', Observation|null>} open
 */
/** @typedef {{state: State, observations: Observation[]}} Result */

/** @type {Readonly<Dark>} */
const LIGHT = Object.freeze({ hits: 0, misses: 0, trailing: 0, luma: 0 });
/** @type {Readonly<State>} */
export const START = Object.freeze({
  lookedAt: null,
  seenAt: null,
  lit: null,
  dark: LIGHT,
  stillness: still.START,
  conditions: { blocked: IDLE, frozen: IDLE },
  open: { blocked: null, frozen: null, replay: null },
});

/**
 * @param {State} before
 * @param {Reading|import('./dwell.js').Unseen} input
 * @param {Policy} policy
 * @param {() => string} newId
 * @returns {Result}
 */
export function step(before, input, policy, newId) {
  const result = begin(before);
  const { state } = result;
  if (state.lookedAt !== null && input.at <= state.lookedAt) return result;
  if (state.lookedAt !== null && input.at - state.lookedAt > GAP_MS) lookAside(result, input.at);
  state.lookedAt = input.at;
  if ('could_not_tell' in input) lookAside(result, input.at);
  else see(result, input, policy, newId);
  return result;
}

/**
 * End what is open; start anew.
 * @param {State} before
 * @param {number} at
 * @returns {Result}
 */
export function closeAll(before, at) {
  const result = begin(before);
  stopAll(result, Math.min(at, before.seenAt ?? at));
  return { state: { ...START, lit: before.lit }, observations: result.observations };
}

/**
 * The policy changes: what is not watched for any more ends, and what waits for another time than before waits anew.
 * @param {State} before
 * @param {Policy} from
 * @param {Policy} to
 * @param {number} at
 * @returns {Result}
 */
export function changePolicy(before, from, to, at) {
  const result = begin(before);
  const { open, conditions } = result.state;
  const until = Math.min(at, before.seenAt ?? at);
  if (hasChanged(from, to, 'camera_blocked') && !(open.blocked && isOn(to, 'camera_blocked'))) stopBlocked(result, until);
  if (!hasChanged(from, to, 'camera_frozen')) return result;
  if ((open.frozen || open.replay) && isOn(to, 'camera_frozen')) return result;
  stopFrozen(result, until);
  conditions.frozen = IDLE;
  return result;
}

/** @param {State} state @returns {Result} */
function begin(state) {
  return { state: { ...state, conditions: { ...state.conditions }, open: { ...state.open } }, observations: [] };
}

/** @param {Result} result @param {number} at */
function lookAside(result, at) {
  const { state } = result;
  state.conditions.blocked = freeze(state.conditions.blocked);
  state.conditions.frozen = freeze(state.conditions.frozen);
  if (state.seenAt !== null && at - state.seenAt > BLIND_MS) stopAll(result, state.seenAt);
}

/** @param {Result} result @param {number} at */
function stopAll(result, at) {
  stopBlocked(result, at);
  stopFrozen(result, at);
}

/** @param {Result} result @param {Reading} reading @param {Policy} policy @param {() => string} newId */
function see(result, reading, policy, newId) {
  const limits = { ...DEFAULT_SECONDS, ...policy.thresholds };
  result.state.seenAt = reading.at;
  result.state.lit = lightAfter(result.state.lit, reading);
  if (isOn(policy, 'camera_blocked')) seeDark(result, reading, limits.camera_blocked, newId);
  if (isOn(policy, 'camera_frozen')) seeStill(result, reading, limits.camera_frozen, newId);
}

/** @param {Result} result @param {Reading} reading @param {number} seconds @param {() => string} newId */
function seeDark(result, reading, seconds, newId) {
  const { state } = result;
  const isTrue = isBlocked(reading, state.lit);
  const { condition, opened, closedAt } = look(state.conditions.blocked, isTrue, reading.at, seconds * 1000);
  state.conditions.blocked = condition;
  if (closedAt !== null) endBlocked(result, closedAt);
  state.dark = condition.first === null ? LIGHT : witness(state.dark, isTrue, reading.luma);
  if (!opened || !condition.first) return;
  const detail = { brightness: brightnessOf(state.dark), brightness_before: state.lit && Math.round(state.lit) };
  const seen = { confidence: shareOf(state.dark), detail };
  result.observations.push((state.open.blocked = opening(newId(), 'camera_blocked', condition.first.since, seen)));
}

/** @param {Result} result @param {Reading} reading @param {number} seconds @param {() => string} newId */
function seeStill(result, reading, seconds, newId) {
  const { state } = result;
  const wasReplay = state.stillness.replay;
  state.stillness = still.follow(state.stillness, reading);
  const { run } = state.stillness;
  const waitMs = Math.max(0, seconds * 1000 - still.PAUSE_MS);
  const { condition, opened, closedAt } = look(state.conditions.frozen, still.isStill(state.stillness), reading.at, waitMs);
  state.conditions.frozen = condition;
  if (closedAt !== null) endFrozen(result, closedAt);
  const { open } = state;
  if (opened && run && !open.replay) {
    const seen = { confidence: 1, detail: { picture: 'still' } };
    result.observations.push((open.frozen = opening(newId(), 'camera_frozen', run.since, seen)));
  }
  if (open.replay && !state.stillness.replay && wasReplay) endReplay(result, wasReplay.until);
  const replay = still.recording(state.stillness, seconds * 1000);
  if (!replay || open.replay || open.frozen) return;
  const seen = { confidence: 1, detail: { picture: 'repeats', round_seconds: Math.round(replay.roundMs / 100) / 10 } };
  result.observations.push((open.replay = opening(newId(), 'camera_frozen', replay.since, seen)));
}

/** @param {Result} result @param {number} at */
function stopBlocked(result, at) {
  const { condition, closedAt } = settle(result.state.conditions.blocked, at);
  result.state.conditions.blocked = condition;
  if (closedAt !== null) endBlocked(result, closedAt);
  result.state.dark = LIGHT;
}

/** @param {Result} result @param {number} at */
function stopFrozen(result, at) {
  const { state } = result;
  const { condition, closedAt } = settle(state.conditions.frozen, at);
  state.conditions.frozen = condition;
  if (closedAt !== null) endFrozen(result, closedAt);
  if (state.open.replay) endReplay(result, state.stillness.replay?.until ?? at);
  state.stillness = still.lookAway(state.stillness);
}

/** @param {Result} result @param {number} at */
function endBlocked({ state, observations }, at) {
  const { open, dark } = state;
  if (!open.blocked) return;
  const seen = { confidence: shareOf(dark), detail: { ...open.blocked.detail, brightness: brightnessOf(dark) } };
  observations.push({ ...open.blocked, ...seen, ended_at: Math.round(at) });
  open.blocked = null;
}

/** @param {Result} result @param {number} at */
function endFrozen({ state: { open }, observations }, at) {
  if (open.frozen) observations.push({ ...open.frozen, ended_at: Math.round(at) });
  open.frozen = null;
}

/** @param {Result} result @param {number} at */
function endReplay({ state: { open }, observations }, at) {
  if (open.replay) observations.push({ ...open.replay, ended_at: Math.round(at) });
  open.replay = null;
}

/**
 * @param {string} id
 * @param {string} kind
 * @param {number} since
 * @param {Pick<Observation, 'confidence'|'detail'>} seen
 * @returns {Observation}
 */
function opening(id, kind, since, seen) {
  return { id, kind, reason: null, started_at: Math.round(since), ended_at: null, ...seen };
}

/** @param {Dark} dark @param {boolean} isTrue @param {number} luma @returns {Dark} */
function witness(dark, isTrue, luma) {
  if (!isTrue) return { ...dark, trailing: dark.trailing + 1 };
  return { hits: dark.hits + 1, misses: dark.misses + dark.trailing, trailing: 0, luma: dark.luma + luma };
}

/** @param {Dark} dark the share of looks that showed it, 0 to 1 */
const shareOf = ({ hits, misses }) => Number((hits / (hits + misses)).toFixed(2));

/** @param {Dark} dark mean luma, 0 to 255 */
const brightnessOf = ({ hits, luma }) => Math.round(luma / hits);
