/**
 * The page's own signals: whether it is in front. Pure part, and a thin listener on the DOM.
 *
 * `window_blur` begins when the page is hidden or its window loses the focus, and counts from its threshold. Times are those of
 * the events, so it is right although browsers slow a hidden page's timers. The page's own prompts and file dialogs take
 * the focus too: between `pause()` and `resume()` nothing counts.
 */

import { IDLE, look, settle } from './condition.js';
import { hasChanged, isOn } from './policy.js';

const DEFAULT_SECONDS = 2;
const TICK_MS = 500;

/** @typedef {import('./dwell.js').Observation} Observation */
/** @typedef {{at: number, hidden: boolean, focused: boolean, paused: boolean}} PageLook */
/** @typedef {{condition: import('./condition.js').Condition, wasHidden: boolean, open: Observation|null}} PageState */

/** @type {Readonly<PageState>} */
export const START = Object.freeze({ condition: IDLE, wasHidden: false, open: null });

/**
 * @param {PageState} state
 * @param {PageLook} now
 * @param {import('./dwell.js').Policy} policy
 * @param {() => string} newId
 * @returns {{state: PageState, observations: Observation[]}}
 */
export function step(state, now, policy, newId) {
  if (now.paused || !isOn(policy, 'window_blur')) return closeAll(state, now.at);
  const threshold = (policy.thresholds.window_blur ?? DEFAULT_SECONDS) * 1000;
  /** @type {Observation[]} */
  const observations = [];
  const next = { ...state };
  // Up to this moment it was as the last look left it; only from now on is it as it is now.
  for (const isTrue of [state.condition.now, now.hidden || !now.focused]) {
    const { condition, opened, closedAt } = look(next.condition, isTrue, now.at, threshold);
    next.condition = condition;
    if (isTrue && now.hidden) next.wasHidden = true;
    if (opened && condition.first) observations.push((next.open = opening(newId(), condition.first.since, next.wasHidden)));
    if (closedAt !== null) observations.push(...closing(next, closedAt));
    if (!condition.first) next.wasHidden = false;
  }
  return { state: next, observations };
}

/**
 * @param {PageState} state
 * @param {number} at
 * @returns {{state: PageState, observations: Observation[]}}
 */
export function closeAll(state, at) {
  const { closedAt } = settle(state.condition, at);
  return { state: START, observations: closedAt === null ? [] : closing({ ...state }, closedAt) };
}

/**
 * The policy changes: what is open ends when it is not watched for any more; what waits for another time waits anew.
 * @param {PageState} state
 * @param {import('./dwell.js').Policy} from
 * @param {import('./dwell.js').Policy} to
 * @param {number} at
 * @returns {{state: PageState, observations: Observation[]}}
 */
export function changePolicy(state, from, to, at) {
  const goesOn = !hasChanged(from, to, 'window_blur') || (state.open !== null && isOn(to, 'window_blur'));
  return goesOn ? { state, observations: [] } : closeAll(state, at);
}

/** @param {string} id @param {number} since @param {boolean} hidden @returns {Observation} */
function opening(id, since, hidden) {
  const detail = { page: hidden ? 'hidden' : 'without focus' };
  return { id, kind: 'focus_loss', reason: 'window_blur', started_at: Math.round(since), ended_at: null, confidence: 1, detail };
}

/** @param {PageState} state @param {number} at @returns {Observation[]} */
function closing(state, at) {
  const { open } = state;
  state.open = null;
  if (!open) return [];
  const detail = { page: state.wasHidden ? 'hidden' : 'without focus' };
  return [{ ...open, ended_at: Math.round(at), detail }];
}

/**
 * Watch this page.
 * @param {Object} options
 * @param {() => number} options.now
 * @param {() => string} options.newId
 * @param {() => import('./dwell.js').Policy} options.policy
 * @param {(observation: Observation) => void} options.onobservation
 */
export function watchPage({ now, newId, policy, onobservation }) {
  /** @type {PageState} */
  let state = START;
  let focused = document.hasFocus();
  let pauses = 0;
  const events = new AbortController();

  /** @param {{state: PageState, observations: Observation[]}} result */
  function take(result) {
    state = result.state;
    result.observations.forEach(onobservation);
  }

  function lookNow() {
    take(step(state, { at: now(), hidden: document.hidden, focused, paused: pauses > 0 }, policy(), newId));
  }

  /** @param {boolean} value */
  function focus(value) {
    focused = value;
    lookNow();
  }

  const options = { signal: events.signal };
  window.addEventListener('focus', () => focus(true), options);
  window.addEventListener('blur', () => focus(false), options);
  document.addEventListener('visibilitychange', () => focus(document.hasFocus()), options);
  const timer = setInterval(lookNow, TICK_MS);
  lookNow();

  return {
    /** Until `resume()`, what takes the focus is the page's own doing. Calls nest. */
    pause() {
      pauses += 1;
      lookNow();
    },
    resume() {
      pauses = Math.max(0, pauses - 1);
      focus(document.hasFocus());
    },
    /** @param {import('./dwell.js').Policy} from @param {import('./dwell.js').Policy} to */
    policyChanged(from, to) {
      take(changePolicy(state, from, to, now()));
      lookNow();
    },
    /** @param {number} at */
    closeAll(at) {
      take(closeAll(state, at));
    },
    stop() {
      clearInterval(timer);
      events.abort();
      take(closeAll(state, now()));
    },
  };
}
