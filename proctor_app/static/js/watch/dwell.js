/**
 * From readings to observations: `step(state, input, policy, newId) → {state, observations}`. Pure.
 *
 * `input` is a reading, or `{at, could_not_tell: reason}` for a moment in which nothing could be seen. The camera's three
 * conditions are `away` (the head is turned off the screen), `gone` (no face) and `many` (two faces or more); condition.js
 * has the rules of time. They exclude each other:
 *
 * - `gone` opens as `face_not_visible` and becomes `absence`, under the same id, when it has lasted as long.
 * - While `gone` or `many` counts, `away` does not: it ends where they began.
 * - The model loses a head that is turned beyond about 50 degrees. A face that is lost while turned away is therefore
 *   still away as long as nothing says otherwise: a running `away` goes on, and only the time for an absence ends it. One
 *   that does not count yet waits; if the face stays lost, what opens is `face_not_visible`, with the turn in its detail.
 *
 * What could not be seen is not held against anybody. Such time does not add to a threshold, and nothing opens in it. After
 * `BLIND_MS` of it, what was open is closed at the last moment seen, and what was waiting is forgotten. A silence of
 * more than `GAP_MS` between two readings is such time too: `worker_behind`.
 */

import { freeze, IDLE, look, settle } from './condition.js';
import { learn, UNKNOWN } from './neutral.js';
import { unseen } from './visibility.js';

export const BLIND_MS = 2000;
export const GAP_MS = 1500;

// Degrees from the neutral pose. Across a wide screen the eyes do most of the way and the head turns about 15.
export const AWAY = { yaw: 25, pitch: 20 };
// Once away, the head is back when it is within this share of them, so that a head at the limit does not flicker.
const BACK = 0.8;
// A face that was lost while turned away may have turned further: what is claimed then is claimed with less certainty.
const TURNED_CONFIDENCE = 0.6;

const DEFAULT_SECONDS = { face_not_visible: 3, looking_away: 5, absence: 10, multiple_faces: 2 };

/** @typedef {import('./face.js').Reading} Reading */
/** @typedef {import('./condition.js').Condition} Condition */
/** @typedef {'away'|'gone'|'many'} Cause */
/** @typedef {{thresholds: Record<string, number>}} Policy thresholds in seconds, by reason or kind */
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
 * What was seen while a condition lasted.
 * @typedef {Object} Evidence
 * @property {number} looks
 * @property {number} hits
 * @property {number} yaw sum over hits, degrees from neutral
 * @property {number} pitch sum over hits
 * @property {number} faces the most
 * @property {Turn|null} turned where the head was turned to when the face was lost
 */
/** @typedef {{yaw: number, pitch: number}} Turn degrees from neutral */

/**
 * @typedef {Object} State
 * @property {number|null} lookedAt the last input
 * @property {number|null} seenAt the last reading that could tell
 * @property {{since: number, reason: string}|null} blind since when nothing can be told, and why
 * @property {import('./neutral.js').Neutral} neutral
 * @property {Turn|null} turn how far the head was turned when it was last seen
 * @property {boolean} isAway whether that was off the screen
 * @property {Record<Cause, Condition>} conditions
 * @property {Record<Cause, Evidence|null>} evidence
 * @property {Record<Cause, Observation|null>} open
 */

/** @type {Readonly<State>} */
export const START = Object.freeze({
  lookedAt: null,
  seenAt: null,
  blind: null,
  neutral: UNKNOWN,
  turn: null,
  isAway: false,
  conditions: { away: IDLE, gone: IDLE, many: IDLE },
  evidence: { away: null, gone: null, many: null },
  open: { away: null, gone: null, many: null },
});

/**
 * @param {State} before
 * @param {Reading|Unseen} input
 * @param {Policy} policy
 * @param {() => string} newId
 * @returns {{state: State, observations: Observation[]}}
 */
export function step(before, input, policy, newId) {
  /** @type {Observation[]} */
  const observations = [];
  const state = copy(before);
  const { at } = input;
  if (state.lookedAt !== null && at - state.lookedAt > GAP_MS) {
    lookAside(state, state.lookedAt, at, 'worker_behind', observations);
  }
  state.lookedAt = at;
  const reason = 'could_not_tell' in input ? input.could_not_tell : unseen(input);
  if (reason !== null) {
    lookAside(state, at, at, reason, observations);
  } else {
    state.blind = null;
    state.seenAt = at;
    see(state, /** @type {Reading} */ (input), policy, newId, observations);
  }
  return { state, observations };
}

/**
 * Close what is open: the monitoring stops.
 * @param {State} before
 * @param {number} at
 * @returns {{state: State, observations: Observation[]}}
 */
export function closeAll(before, at) {
  /** @type {Observation[]} */
  const observations = [];
  const state = copy(before);
  for (const cause of CAUSES) stop(state, cause, Math.min(at, state.seenAt ?? at), observations);
  return { state: { ...START, neutral: state.neutral }, observations };
}

/** @type {Cause[]} */
const CAUSES = ['many', 'gone', 'away'];

/** @param {State} state @returns {State} */
function copy(state) {
  return { ...state, conditions: { ...state.conditions }, evidence: { ...state.evidence }, open: { ...state.open } };
}

/** @param {State} state @param {number} since @param {number} at @param {string} reason @param {Observation[]} observations */
function lookAside(state, since, at, reason, observations) {
  state.blind = state.blind?.reason === reason ? state.blind : { since, reason };
  for (const cause of CAUSES) state.conditions[cause] = freeze(state.conditions[cause]);
  if (state.seenAt === null || at - state.seenAt <= BLIND_MS) return;
  for (const cause of CAUSES) stop(state, cause, state.seenAt, observations);
  state.isAway = false;
}

/** @param {State} state @param {Reading} reading @param {Policy} policy @param {() => string} newId @param {Observation[]} observations */
function see(state, reading, policy, newId, observations) {
  if (reading.faces === 1) seeHead(state, reading);
  const seconds = { ...DEFAULT_SECONDS, ...policy.thresholds };
  const wasTurned = state.isAway && state.conditions.away.open;
  const { faces } = reading;
  const isAway = faces === 1 ? (state.neutral.pose ? state.isAway : null) : faces > 1 || state.isAway ? null : false;
  judge(state, 'many', faces > 1, reading, seconds.multiple_faces, newId, observations);
  judge(state, 'gone', faces === 0, reading, wasTurned ? seconds.absence : seconds.face_not_visible, newId, observations);
  upgrade(state, seconds.absence, observations);
  for (const cause of /** @type {Cause[]} */ (['many', 'gone'])) {
    const other = state.open[cause];
    if (other && state.conditions[cause].now) stop(state, 'away', other.started_at, observations);
  }
  judge(state, 'away', isAway, reading, seconds.looking_away, newId, observations);
}

/** @param {State} state @param {Reading} reading */
function seeHead(state, { at, yaw, pitch }) {
  if (yaw === null || pitch === null) return;
  state.neutral = learn(state.neutral, { at, yaw, pitch });
  const { pose } = state.neutral;
  if (!pose) return;
  state.turn = { yaw: yaw - pose.yaw, pitch: pitch - pose.pitch };
  const share = Math.max(Math.abs(state.turn.yaw) / AWAY.yaw, Math.abs(state.turn.pitch) / AWAY.pitch);
  state.isAway = share >= (state.isAway ? BACK : 1);
}

/**
 * @param {State} state
 * @param {Cause} cause
 * @param {boolean|null} isTrue null: this reading says nothing about it
 * @param {Reading} reading
 * @param {number} seconds
 * @param {() => string} newId
 * @param {Observation[]} observations
 */
function judge(state, cause, isTrue, reading, seconds, newId, observations) {
  if (isTrue === null) {
    state.conditions[cause] = freeze(state.conditions[cause]);
    return;
  }
  const wasWaiting = state.conditions[cause].first?.since;
  const { condition, opened, closedAt } = look(state.conditions[cause], isTrue, reading.at, seconds * 1000);
  state.conditions[cause] = condition;
  if (closedAt !== null) end(state, cause, closedAt, observations);
  if (condition.first?.since !== wasWaiting) state.evidence[cause] = null;
  if (condition.first) state.evidence[cause] = witnessed(state, cause, isTrue, reading.faces);
  if (!opened || !condition.first) return;
  const observation = describe(state, cause, newId(), condition.first.since, seconds);
  state.open[cause] = observation;
  observations.push(observation);
}

/** @param {State} state @param {Cause} cause @param {boolean} isTrue @param {number} faces @returns {Evidence} */
function witnessed(state, cause, isTrue, faces) {
  const before = state.evidence[cause] ?? {
    looks: 0,
    hits: 0,
    yaw: 0,
    pitch: 0,
    faces: 0,
    turned: state.isAway ? state.turn : null,
  };
  if (!isTrue) return { ...before, looks: before.looks + 1 };
  return {
    ...before,
    looks: before.looks + 1,
    hits: before.hits + 1,
    yaw: before.yaw + (state.turn?.yaw ?? 0),
    pitch: before.pitch + (state.turn?.pitch ?? 0),
    faces: Math.max(before.faces, faces),
  };
}

/** @param {State} state @param {number} seconds @param {Observation[]} observations */
function upgrade(state, seconds, observations) {
  const { gone } = state.conditions;
  const open = state.open.gone;
  if (!open || open.kind === 'absence' || !gone.now || (gone.first?.held ?? 0) < seconds * 1000) return;
  const upgraded = { ...open, kind: 'absence', reason: null, ...certainty(state, 'gone') };
  state.open.gone = upgraded;
  observations.push(upgraded);
}

/** @param {State} state @param {Cause} cause @param {number} at @param {Observation[]} observations */
function stop(state, cause, at, observations) {
  const { condition, closedAt } = settle(state.conditions[cause], at);
  state.conditions[cause] = condition;
  if (closedAt !== null) end(state, cause, closedAt, observations);
  state.evidence[cause] = null;
}

/** @param {State} state @param {Cause} cause @param {number} at @param {Observation[]} observations */
function end(state, cause, at, observations) {
  const open = state.open[cause];
  if (!open) return;
  state.open[cause] = null;
  observations.push({ ...open, ...certainty(state, cause), ended_at: Math.round(at) });
}

const NAMES = {
  away: { kind: 'focus_loss', reason: 'looking_away' },
  many: { kind: 'multiple_faces', reason: null },
  gone: { kind: 'focus_loss', reason: 'face_not_visible' },
};

/** @param {State} state @param {Cause} cause @param {string} id @param {number} since @param {number} seconds @returns {Observation} */
function describe(state, cause, id, since, seconds) {
  // A face that was lost during a running `looking_away` has already been gone for as long as an absence takes.
  const isAbsence = cause === 'gone' && state.conditions.away.open && seconds > 0;
  const name = isAbsence ? { kind: 'absence', reason: null } : NAMES[cause];
  return { id, ...name, started_at: Math.round(since), ended_at: null, ...certainty(state, cause) };
}

/** @param {State} state @param {Cause} cause @returns {Pick<Observation, 'confidence'|'detail'>} */
function certainty(state, cause) {
  const seen = state.evidence[cause];
  if (!seen || !seen.hits) return { confidence: 0, detail: {} };
  const share = seen.hits / seen.looks;
  const isDoubtful = cause === 'gone' && seen.turned !== null;
  return { confidence: round(share * (isDoubtful ? TURNED_CONFIDENCE : 1), 2), detail: detailOf(cause, seen) };
}

/** @param {Cause} cause @param {Evidence} seen @returns {Observation['detail']} */
function detailOf(cause, seen) {
  if (cause === 'many') return { faces: seen.faces };
  if (cause === 'away') return facing({ yaw: seen.yaw / seen.hits, pitch: seen.pitch / seen.hits });
  if (!seen.turned) return {};
  const { direction, degrees } = facing(seen.turned);
  return { turned_before: direction, degrees_before: degrees };
}

/**
 * A coarse direction, from the candidate's point of view, and by how much.
 * @param {Turn} turn
 */
export function facing({ yaw, pitch }) {
  const isSideways = Math.abs(yaw) / AWAY.yaw >= Math.abs(pitch) / AWAY.pitch;
  const direction = isSideways ? (yaw > 0 ? 'right' : 'left') : pitch > 0 ? 'up' : 'down';
  const degrees = Math.round(Math.abs(isSideways ? yaw : pitch));
  return { direction, degrees, yaw: Math.round(yaw), pitch: Math.round(pitch) };
}

/** @param {number} value @param {number} digits */
function round(value, digits) {
  return Number(value.toFixed(digits));
}
