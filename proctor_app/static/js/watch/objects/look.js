/**
 * From looks for objects to observations: `step(state, look, policy, newId) → {state, observations}`. Pure.
 *
 * Three conditions, each with the rules of condition.js: `phone` and `book` (things.js says what is one), and `bodies`: two
 * people or more, who need not face the camera (people.js). The last opens `multiple_faces`, seen by the body; one-cause.js
 * sees to it that two faces and their two bodies are one incident.
 *
 * Looks are a second apart. What a look shows is taken to have begun halfway since the one before, which is wrong by half a
 * second at most; without it, every start would be late.
 *
 * Time in which nobody looked adds to nothing; after `BLIND_MS` of it, what is open ends where it was seen last.
 */

import { freeze, IDLE, look as lookOnce, settle } from '../condition.js';
import { hasChanged, isOn } from '../policy.js';
import { OPENS, STAYS } from './things.js';

export const BLIND_MS = 4000;
const GAP_MS = 2500;
const DEFAULT_SECONDS = 2;

/** @typedef {import('../dwell.js').Policy} Policy */
/** @typedef {import('../dwell.js').Observation} Observation */
/** @typedef {import('../condition.js').Condition} Condition */
/** @typedef {import('./things.js').Seen} Seen */
/** @typedef {import('./found.js').Box} Box */
/** @typedef {{at: number, people: number, boxes: Box[], objects: Seen[]}} Look what the worker saw in one picture */
/** @typedef {'phone'|'book'|'bodies'} Cause */
/** @typedef {{hits: number, misses: number, trailing: number, sum: number, most: number, looksLike: string|null}} Evidence */
/** @typedef {{condition: Condition, evidence: Evidence|null, open: Observation|null}} Watched */
/** @typedef {{seenAt: number|null, watched: Record<Cause, Watched>}} State */
/** @typedef {{state: State, observations: Observation[]}} Result */

/** @type {Record<Cause, string>} */
export const KINDS = { phone: 'phone_visible', book: 'book_visible', bodies: 'multiple_faces' };
const CAUSES = /** @type {Cause[]} */ (Object.keys(KINDS));
/** @type {Readonly<Watched>} */
const UNSEEN = Object.freeze({ condition: IDLE, evidence: null, open: null });
/** @type {Readonly<State>} */
export const START = Object.freeze({ seenAt: null, watched: { phone: UNSEEN, book: UNSEEN, bodies: UNSEEN } });

/**
 * @param {State} before
 * @param {Look} look
 * @param {Policy} policy
 * @param {() => string} newId
 * @returns {Result}
 */
export function step(before, look, policy, newId) {
  if (before.seenAt !== null && look.at <= before.seenAt) return { state: before, observations: [] };
  const passed = before.seenAt === null ? 0 : look.at - before.seenAt;
  const result = passed > GAP_MS ? unseen(before, look.at) : begin(before);
  result.state.seenAt = look.at;
  const at = passed > GAP_MS ? look.at : look.at - passed / 2;
  for (const cause of CAUSES) {
    if (isOn(policy, KINDS[cause])) judge(result, cause, look, at, policy, newId);
  }
  return result;
}

/** Nothing could be looked at. @param {State} before @param {number} at @returns {Result} */
export function unseen(before, at) {
  const result = begin(before);
  const { state } = result;
  const isBlind = state.seenAt !== null && at - state.seenAt > BLIND_MS;
  for (const cause of CAUSES) {
    state.watched[cause] = { ...state.watched[cause], condition: freeze(state.watched[cause].condition) };
    if (isBlind) stop(result, cause, /** @type {number} */ (state.seenAt));
  }
  return result;
}

/** End what is open. @param {State} before @param {number} at @returns {Result} */
export function closeAll(before, at) {
  const result = begin(before);
  for (const cause of CAUSES) stop(result, cause, Math.min(at, before.seenAt ?? at));
  return { state: START, observations: result.observations };
}

/**
 * What is judged otherwise from now on ends, and what waits begins anew.
 * @param {State} before @param {Policy} from @param {Policy} to @param {number} at
 * @returns {Result}
 */
export function changePolicy(before, from, to, at) {
  const result = begin(before);
  for (const cause of CAUSES) {
    if (hasChanged(from, to, KINDS[cause])) stop(result, cause, Math.min(at, before.seenAt ?? at));
  }
  return result;
}

/** @param {State} state whether something is seen that may yet begin or end: time to look more often */
export function isUndecided({ watched }) {
  return CAUSES.some((cause) => watched[cause].condition.first !== null);
}

/** @param {State} state @returns {Result} */
function begin(state) {
  return { state: { ...state, watched: { ...state.watched } }, observations: [] };
}

/**
 * @param {Result} result @param {Cause} cause @param {Look} look @param {number} at @param {Policy} policy
 * @param {() => string} newId
 */
function judge(result, cause, look, at, policy, newId) {
  const before = result.state.watched[cause];
  const { isTrue, score, count, looksLike } = shown(cause, look, before.open !== null);
  const seconds = policy.thresholds[KINDS[cause]] ?? DEFAULT_SECONDS;
  const { condition, opened, closedAt } = lookOnce(before.condition, isTrue, at, seconds * 1000);
  result.state.watched[cause] = { ...before, condition };
  if (closedAt !== null) end(result, cause, closedAt);
  const now = result.state.watched[cause];
  if (condition.first === null) {
    now.evidence = null;
    return;
  }
  const isSame = condition.first.since === before.condition.first?.since;
  now.evidence = witness(isSame ? before.evidence : null, isTrue, score, count, looksLike);
  if (!opened) return;
  now.open = {
    id: newId(),
    kind: KINDS[cause],
    reason: null,
    started_at: Math.round(condition.first.since),
    ended_at: null,
    ...claim(cause, now.evidence),
  };
  result.observations.push(now.open);
}

/** @param {Cause} cause @param {Look} look @param {boolean} isOpen */
function shown(cause, { people, objects }, isOpen) {
  if (cause === 'bodies') return { isTrue: people > 1, score: 1, count: people, looksLike: null };
  const best = objects.find(({ label }) => label === cause);
  const least = (isOpen ? STAYS : OPENS)[cause];
  const isTrue = best !== undefined && best.score >= least;
  return { isTrue, score: best?.score ?? 0, count: 1, looksLike: best?.looks_like ?? null };
}

/**
 * @param {Evidence|null} seen @param {boolean} isTrue @param {number} score @param {number} count @param {string|null} looksLike
 * @returns {Evidence}
 */
function witness(seen, isTrue, score, count, looksLike) {
  const before = seen ?? { hits: 0, misses: 0, trailing: 0, sum: 0, most: 0, looksLike: null };
  if (!isTrue) return { ...before, trailing: before.trailing + 1 };
  const { hits, misses, trailing, sum, most } = before;
  return { hits: hits + 1, misses: misses + trailing, trailing: 0, sum: sum + score, most: Math.max(most, count), looksLike };
}

/** @param {Cause} cause @param {Evidence} seen @returns {Pick<Observation, 'confidence'|'detail'>} */
function claim(cause, { hits, misses, sum, most, looksLike }) {
  const share = hits / (hits + misses);
  if (cause === 'bodies') return { confidence: rounded(share), detail: { people: most, seen_by: 'body' } };
  return { confidence: rounded((share * sum) / hits), detail: { score: rounded(sum / hits), looks_like: looksLike } };
}

/** @param {number} value */
const rounded = (value) => Number(value.toFixed(2));

/** @param {Result} result @param {Cause} cause @param {number} at */
function stop(result, cause, at) {
  const { condition, closedAt } = settle(result.state.watched[cause].condition, at);
  result.state.watched[cause] = { ...result.state.watched[cause], condition };
  if (closedAt !== null) end(result, cause, closedAt);
  result.state.watched[cause].evidence = null;
}

/** @param {Result} result @param {Cause} cause @param {number} at */
function end({ state, observations }, cause, at) {
  const { open, evidence } = state.watched[cause];
  state.watched[cause].open = null;
  if (open && evidence) observations.push({ ...open, ...claim(cause, evidence), ended_at: Math.max(open.started_at, Math.round(at)) });
}
