/**
 * From readings to observations: `step(state, input, policy, newId) → {state, observations}`. Pure.
 *
 * `input` is a reading, or `{at, could_not_tell: reason}` for a moment in which nothing could be seen. The camera's three
 * conditions are `away` (head or eyes are turned off the screen: looking.js), `gone` (no face) and `many` (two faces or more); condition.js
 * has the rules of time. They exclude each other:
 *
 * - `gone` opens as `face_not_visible` and becomes `absence`, under the same id, when it has lasted as long.
 * - While `gone` or `many` counts, `away` does not: it ends where they began.
 * - The model loses a head that is turned beyond about 50 degrees. A face that is lost while turned away is therefore
 *   still away as long as nothing says otherwise: a running `away` goes on, and only the time for an absence ends it. One
 *   that does not count yet waits; if the face stays lost, what opens is `face_not_visible`, with the turn in its detail.
 * - Where something else sees bodies (`sawPeople`), a body in view is nobody's absence, and one whose face was lost while turned
 *   away is still looking away. A face lost while turned to the agreed notes is not missed as long as a body is in view.
 *
 * What could not be seen is not held against anybody. Such time does not add to a threshold, and nothing opens in it. After
 * `BLIND_MS` of it, what was open is closed at the last moment seen, and what was waiting is forgotten. A silence of
 * more than `GAP_MS` between two inputs is such time too: `worker_behind`.
 *
 * A condition is followed also where the policy does not list it, because it still excludes the others; it is only never told.
 */

import { freeze, IDLE, look, settle } from './condition.js';
import { claimAway, claimGone, claimMany, nothingYet, witness } from './evidence.js';
import { forgotten, lookAt, START as NOWHERE } from './looking.js';
import { hasChanged, isOn, keyOf } from './policy.js';
import { unseen } from './visibility.js';

export const BLIND_MS = 2000;
export const GAP_MS = 1500;

// Bodies are looked for about once a second, on a slow computer every four: one that was seen so lately may be there still, even if
// the last look missed it; and one that the last look found, for longer.
const BODY_MS = 2500;
const BODY_AT_MOST_MS = 6500;
// The last pictures before a lens is covered are dark already: they must not become what is normal.
const LIGHT_SMOOTHING = 0.05;

const DEFAULT_SECONDS = { face_not_visible: 3, looking_away: 5, absence: 10, multiple_faces: 2 };
const LOOKING_AWAY = { kind: 'focus_loss', reason: 'looking_away' };
const NOT_VISIBLE = { kind: 'focus_loss', reason: 'face_not_visible' };
const ABSENCE = { kind: 'absence', reason: null };
const MULTIPLE_FACES = { kind: 'multiple_faces', reason: null };

/** @typedef {import('./face.js').Reading} Reading */
/** @typedef {import('./condition.js').Condition} Condition */
/** @typedef {import('./evidence.js').Evidence} Evidence */
/** @typedef {import('./calibration.js').Calibration} Calibration */
/** @typedef {'away'|'gone'|'many'} Cause */
/** @typedef {{kind: string, reason: string|null}} Name */
/**
 * What is watched for, as the server sends it.
 * @typedef {Object} Policy
 * @property {Record<string, number>} thresholds seconds, by reason or kind
 * @property {string[]} [detectors] the reasons and kinds that are looked for; all where it is missing
 * @property {'off'|'still'|'line_art'} [evidence]
 * @property {number} [frames_per_second]
 */
/** @typedef {{at: number, could_not_tell: string}} Unseen */

/**
 * The wire form, but for `seq`.
 * @typedef {Object} Observation
 * @property {string} id
 * @property {string} kind
 * @property {string|null} reason
 * @property {number} started_at
 * @property {number|null} ended_at
 * @property {number} confidence the share of looks since the start that showed it, 0 to 1
 * @property {Record<string, string|number|boolean|null>} detail
 */

/**
 * @typedef {Object} State
 * @property {number|null} lookedAt the last input
 * @property {number|null} seenAt the last reading that could tell
 * @property {{since: number, reason: string}|null} blind since when nothing can be told, and why
 * @property {number|null} lit the brightness of the pictures in which a face was seen lately
 * @property {Calibration|null} calibration
 * @property {import('./looking.js').Looking} looking where the candidate looked when their face was last seen
 * @property {number|null} bodyAt when somebody's body was last seen
 * @property {number|null} noBodyAt when nobody's was
 * @property {Record<Cause, Condition>} conditions
 * @property {Record<Cause, Evidence|null>} evidence
 * @property {Record<Cause, Observation|null>} open
 */
/** @typedef {{state: State, observations: Observation[]}} Result a state that is being made, and what it has to say */

/** @type {Readonly<State>} */
export const START = Object.freeze({
  lookedAt: null,
  seenAt: null,
  blind: null,
  lit: null,
  calibration: null,
  looking: NOWHERE,
  bodyAt: null,
  noBodyAt: null,
  conditions: { away: IDLE, gone: IDLE, many: IDLE },
  evidence: { away: null, gone: null, many: null },
  open: { away: null, gone: null, many: null },
});

/**
 * Where to begin with what a calibration found.
 * @param {Calibration|null} calibration
 * @returns {State}
 */
export function startWith(calibration) {
  return { ...START, calibration };
}

/** @type {Cause[]} */
const CAUSES = ['many', 'gone', 'away'];
const KEYS = { many: ['multiple_faces'], gone: ['face_not_visible', 'absence'], away: ['looking_away'] };
const CLAIMS = { away: claimAway, gone: claimGone, many: claimMany };

/**
 * @param {State} before
 * @param {Reading|Unseen} input
 * @param {Policy} policy
 * @param {() => string} newId
 * @returns {Result}
 */
export function step(before, input, policy, newId) {
  const result = begin(before);
  const { state } = result;
  const { at } = input;
  // A frame that was on its way while something newer was known says nothing any more.
  if (state.lookedAt !== null && at <= state.lookedAt) return result;
  if (state.lookedAt !== null && at - state.lookedAt > GAP_MS) lookAside(result, state.lookedAt, at, 'worker_behind');
  state.lookedAt = at;
  const reason = 'could_not_tell' in input ? input.could_not_tell : unseen(input, state.lit);
  if (reason !== null) lookAside(result, at, at, reason);
  else see(result, /** @type {Reading} */ (input), policy, newId);
  return result;
}

/**
 * Close what is open: the monitoring stops. The neutral look is kept, for when it goes on.
 * @param {State} before
 * @param {number} at
 * @returns {Result}
 */
export function closeAll(before, at) {
  const result = begin(before);
  for (const cause of CAUSES) stop(result, cause, Math.min(at, before.seenAt ?? at));
  const { calibration, looking, lit } = before;
  return { state: { ...START, calibration, looking: forgotten(looking), lit }, observations: result.observations };
}

/**
 * What the object detector saw in one picture.
 * @param {State} before
 * @param {{at: number, people: number}} seen
 * @returns {State}
 */
export function sawPeople(before, { at, people }) {
  return people > 0 ? { ...before, bodyAt: at } : { ...before, noBodyAt: at };
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
  for (const cause of CAUSES) {
    if (!KEYS[cause].some((key) => hasChanged(from, to, key))) continue;
    const told = open[cause];
    const { first } = conditions[cause];
    if (told && first && isOn(to, keyOf(told))) conditions[cause] = { ...conditions[cause], first: { ...first, held: 0 } };
    else stop(result, cause, Math.min(at, before.seenAt ?? at));
  }
  return result;
}

/** @param {State} state @returns {Result} */
function begin(state) {
  const { conditions, evidence, open } = state;
  const copy = { ...state, conditions: { ...conditions }, evidence: { ...evidence }, open: { ...open } };
  return { state: copy, observations: [] };
}

/** @param {Result} result @param {number} since @param {number} at @param {string} reason */
function lookAside(result, since, at, reason) {
  const { state } = result;
  state.blind = state.blind?.reason === reason ? state.blind : { since, reason };
  for (const cause of CAUSES) state.conditions[cause] = freeze(state.conditions[cause]);
  if (state.seenAt === null || at - state.seenAt <= BLIND_MS) return;
  for (const cause of CAUSES) stop(result, cause, state.seenAt);
  state.looking = forgotten(state.looking);
}

/** @param {Result} result @param {Reading} reading @param {Policy} policy @param {() => string} newId */
function see(result, reading, policy, newId) {
  const { state } = result;
  const { faces } = reading;
  const limits = { ...DEFAULT_SECONDS, ...policy.thresholds };
  state.blind = null;
  state.seenAt = reading.at;
  if (faces > 0) state.lit = state.lit === null ? reading.luma : state.lit + LIGHT_SMOOTHING * (reading.luma - state.lit);
  if (faces === 1) state.looking = lookAt(state.looking, reading, state.calibration);
  if (state.looking.lostAt !== null) stop(result, 'away', state.looking.lostAt);
  const waits = mayBeTurned(state, reading) || !isOn(policy, 'face_not_visible');
  if (waits) countFromBody(state, reading.at);
  const name = waits && isOn(policy, 'absence') ? ABSENCE : NOT_VISIBLE;
  const seconds = waits ? limits.absence : limits.face_not_visible;
  /** @param {Omit<Question, 'isOn'>} question */
  const ask = (question) => judge(result, { ...question, isOn: isOn(policy, keyOf(question.name)) }, reading, newId);
  ask({ cause: 'many', name: MULTIPLE_FACES, isTrue: faces > 1, seconds: limits.multiple_faces });
  ask({ cause: 'gone', name, isTrue: faces === 0, seconds });
  if (isOn(policy, 'absence')) upgrade(result, limits.absence);
  exclude(result);
  ask({ cause: 'away', name: LOOKING_AWAY, isTrue: isAway(state, reading), seconds: limits.looking_away });
}

/** Whether a lost face may be a head that turned further. It is until it is lost as long as an absence. @param {State} state @param {Reading} reading */
function mayBeTurned(state, { at }) {
  const { by, isToNotes } = state.looking;
  return by === 'head' && (isToNotes || state.conditions.away.open || hasBody(state, at));
}

/** @param {State} state @param {number} at */
function hasBody({ bodyAt, noBodyAt }, at) {
  if (bodyAt === null) return false;
  return at - bodyAt <= (noBodyAt !== null && noBodyAt > bodyAt ? BODY_MS : BODY_AT_MOST_MS);
}

/** Nobody is absent before their body was last seen. @param {State} state @param {number} at */
function countFromBody({ conditions, bodyAt }, at) {
  const { first, open } = conditions.gone;
  if (open || !first || bodyAt === null || bodyAt <= first.since) return;
  conditions.gone = { ...conditions.gone, first: { ...first, since: bodyAt, held: Math.max(0, Math.min(first.held, at - bodyAt)) } };
}

/**
 * Whether head or eyes are turned off the screen; null where this reading does not say.
 * @param {State} state
 * @param {Reading} reading
 */
function isAway(state, { faces, at }) {
  const { neutral, isAway: away, by, isToNotes } = state.looking;
  if (!neutral.pose || faces > 1) return null;
  if (faces === 1) return away;
  if (by !== 'head' || isToNotes) return false;
  return hasBody(state, at) ? true : null;
}

/**
 * `isTrue` null: this reading does not say. `isOn`: whether it is told when it counts.
 * @typedef {{cause: Cause, name: Name, isTrue: boolean|null, seconds: number, isOn: boolean}} Question
 */

/**
 * @param {Result} result
 * @param {Question} question
 * @param {Reading} reading
 * @param {() => string} newId
 */
function judge({ state, observations }, { cause, name, isTrue, seconds, isOn: isTold }, reading, newId) {
  const before = state.conditions[cause];
  if (isTrue === null) {
    state.conditions[cause] = freeze(before);
    return;
  }
  const { condition, opened, closedAt } = look(before, isTrue, reading.at, seconds * 1000);
  state.conditions[cause] = condition;
  if (closedAt !== null) end({ state, observations }, cause, closedAt);
  if (condition.first === null) {
    state.evidence[cause] = null;
    return;
  }
  const isSame = condition.first.since === before.first?.since;
  const seen = (isSame && state.evidence[cause]) || nothingYet(state.looking.by === 'head' ? state.looking.turn : null);
  const { towards, by } = state.looking;
  const now = witness(seen, { isTrue, faces: reading.faces, towards, by, hasBody: hasBody(state, reading.at) });
  state.evidence[cause] = now;
  if (!opened || !isTold) return;
  const since = Math.round(condition.first.since);
  const observation = { id: newId(), ...name, started_at: since, ended_at: null, ...CLAIMS[cause](now) };
  state.open[cause] = observation;
  observations.push(observation);
}

/** @param {Result} result @param {number} seconds */
function upgrade({ state, observations }, seconds) {
  const { gone } = state.conditions;
  const open = state.open.gone;
  const seen = state.evidence.gone;
  if (!open || !seen || open.kind === ABSENCE.kind || !gone.now || (gone.first?.held ?? 0) < seconds * 1000) return;
  // The last look at bodies came a little before the one at the face, or was of somebody on their way out.
  if (state.bodyAt !== null && (state.lookedAt ?? 0) - state.bodyAt < seconds * 1000 - BODY_MS) return;
  const upgraded = { ...open, ...ABSENCE, ...claimGone(seen) };
  state.open.gone = upgraded;
  observations.push(upgraded);
}

/** @param {Result} result */
function exclude(result) {
  for (const cause of /** @type {Cause[]} */ (['many', 'gone'])) {
    const { open, now, first } = result.state.conditions[cause];
    if (open && now && first) stop(result, 'away', Math.round(first.since));
  }
}

/** @param {Result} result @param {Cause} cause @param {number} at */
function stop(result, cause, at) {
  const { condition, closedAt } = settle(result.state.conditions[cause], at);
  result.state.conditions[cause] = condition;
  if (closedAt !== null) end(result, cause, closedAt);
  result.state.evidence[cause] = null;
}

/** @param {Result} result @param {Cause} cause @param {number} at */
function end({ state, observations }, cause, at) {
  const open = state.open[cause];
  const seen = state.evidence[cause];
  state.open[cause] = null;
  if (open && seen) observations.push({ ...open, ...CLAIMS[cause](seen), ended_at: Math.round(at) });
}
