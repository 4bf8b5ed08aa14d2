/**
 * One condition over time, with the rules that make counting fair. Pure: the time comes in with each look.
 *
 * - It counts (`opened`) once it has been seen true for its threshold. Its start is when it began, not when it counted.
 * - What is false for less than `RELEASE_MS` was a missed look: it neither resets a condition that is still waiting for
 *   its threshold nor ends one that counts, but it adds nothing to the time seen true.
 * - It ends when it has been false for `RELEASE_MS`; its end is when it became false. The end is told (`closed`) only
 *   at `MERGE_MS`, because a second stretch that begins before that, and reaches the threshold too, is the same one.
 *
 * Between two looks the first one speaks. Time in which nobody looked (`freeze`) is not counted at all.
 */

export const RELEASE_MS = 1000;
export const MERGE_MS = 2000;

/**
 * @typedef {Object} Stretch
 * @property {number} since when it began
 * @property {number} held for how long it was seen true since then, or since its second stretch began, ms
 * @property {number|null} falseSince when it was first seen false, while that lasts
 */

/**
 * @typedef {Object} Condition
 * @property {number|null} lookedAt the last look; null when the time since then does not count
 * @property {boolean} now what the last look said
 * @property {boolean} open whether `first` counts
 * @property {Stretch|null} first the stretch that waits for its threshold, or counts
 * @property {Stretch|null} second one that began soon after `first` ended and may turn out to be part of it
 */

/** @typedef {{condition: Condition, opened: boolean, closedAt: number|null}} Step */

/** @type {Readonly<Condition>} */
export const IDLE = Object.freeze({ lookedAt: null, now: false, open: false, first: null, second: null });

/**
 * Look at the condition once.
 * @param {Condition} before
 * @param {boolean} isTrue
 * @param {number} at
 * @param {number} thresholdMs
 * @returns {Step}
 */
export function look(before, isTrue, at, thresholdMs) {
  const passed = before.now && before.lookedAt !== null ? Math.max(0, at - before.lookedAt) : 0;
  const looked = { ...before, lookedAt: at, now: isTrue };
  return before.open ? lookOpen(looked, passed, at, thresholdMs) : lookWaiting(looked, passed, at, thresholdMs);
}

/** @param {Condition} condition @param {number} passed @param {number} at @param {number} thresholdMs @returns {Step} */
function lookWaiting(condition, passed, at, thresholdMs) {
  const first = continued(condition.first, condition.now, passed, at);
  const opened = first !== null && condition.now && first.held >= thresholdMs;
  return { condition: { ...condition, first, open: opened }, opened, closedAt: null };
}

/** @param {Condition} condition @param {number} passed @param {number} at @param {number} thresholdMs @returns {Step} */
function lookOpen(condition, passed, at, thresholdMs) {
  const first = /** @type {Stretch} */ (condition.first);
  const falseFor = first.falseSince === null ? 0 : at - first.falseSince;
  if (falseFor < RELEASE_MS && !condition.second) {
    const falseSince = condition.now ? null : (first.falseSince ?? at);
    return unchanged({ ...condition, first: { ...first, held: first.held + passed, falseSince } });
  }
  const isSoon = condition.second !== null || falseFor < MERGE_MS;
  const second = isSoon ? continued(condition.second, condition.now, passed, at) : null;
  if (second && condition.now && second.held >= thresholdMs) {
    return unchanged({ ...condition, first: { ...second, since: first.since }, second: null });
  }
  if (second || falseFor < MERGE_MS) return unchanged({ ...condition, second });
  const next = continued(null, condition.now, 0, at);
  return { condition: { ...condition, open: false, first: next, second: null }, opened: false, closedAt: first.falseSince };
}

/** @param {Condition} condition @returns {Step} */
function unchanged(condition) {
  return { condition, opened: false, closedAt: null };
}

/** @param {Stretch|null} stretch @param {boolean} isTrue @param {number} passed @param {number} at @returns {Stretch|null} */
function continued(stretch, isTrue, passed, at) {
  if (!stretch) return isTrue ? { since: at, held: 0, falseSince: null } : null;
  const falseSince = isTrue ? null : (stretch.falseSince ?? at);
  if (falseSince !== null && at - falseSince >= RELEASE_MS) return null;
  return { since: stretch.since, held: stretch.held + passed, falseSince };
}

/**
 * Nobody looked since the last look: that time says nothing, either way.
 * @param {Condition} condition
 * @returns {Condition}
 */
export function freeze(condition) {
  return condition.lookedAt === null ? condition : { ...condition, lookedAt: null };
}

/**
 * End it now, whatever its state. What it waited for is forgotten; one that counts ends when it was last seen.
 * @param {Condition} condition
 * @param {number} at the last moment at which it may still have been true
 * @returns {Step}
 */
export function settle(condition, at) {
  const { first, open } = condition;
  const closedAt = open && first ? Math.max(first.since, Math.min(at, first.falseSince ?? at)) : null;
  return { condition: IDLE, opened: false, closedAt };
}
