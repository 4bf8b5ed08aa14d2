/**
 * What was reported against what happened. Pure; the one rule by which accuracy is counted, live and from traces.
 *
 * - An incident is the report of an event when it is of one of the event's kinds, begins within `ONSET_LIMIT_SECONDS` (and
 *   the clip's own tolerance) of it, and overlaps it. Of several the one with the smallest onset error is; the others are invented.
 * - An event that must be reported and was: true. One that was not: missed. A report of an event that may be: neither.
 * - Every other incident is invented: also one for an event that must never be reported (a blip), and one that begins far too
 *   early or too late. `cause` says which.
 * - How late it ended disqualifies nothing; the error is told.
 */

export const ONSET_LIMIT_SECONDS = 2;

/** @typedef {'must'|'may'|'never'} Expect */
/** @typedef {{type: string, keys: string[], start: number, end: number, expect: Expect}} Event seconds into the clip */
/** @typedef {{key: string, start: number, end: number|null}} Found a kind, or for focus loss its reason; end null: still open */
/** @typedef {{event: Event, found: Found, onset: number, endError: number|null}} Pair errors in seconds, + = too late */
/** @typedef {{found: Found, cause: 'blip'|'twice'|'wrong time'|'other kind'|'nothing there', during: string|null}} Invented */
/** @typedef {{hits: Pair[], optional: Pair[], missed: Event[], invented: Invented[]}} Verdict */

/**
 * @param {Event[]} events
 * @param {Found[]} found
 * @param {number} tolerance of the events' times, seconds
 * @returns {Verdict}
 */
export function match(events, found, tolerance) {
  const reportable = events.filter(({ expect }) => expect !== 'never');
  const candidates = reportable
    .flatMap((event) => found.filter((one) => reports(one, event, tolerance)).map((one) => pair(event, one)))
    .sort((a, b) => Math.abs(a.onset) - Math.abs(b.onset));
  /** @type {Pair[]} */
  const pairs = [];
  for (const one of candidates) {
    if (!pairs.some(({ event, found: taken }) => event === one.event || taken === one.found)) pairs.push(one);
  }
  const reported = new Set(pairs.map((one) => one.found));
  return {
    hits: inOrder(pairs.filter(({ event }) => event.expect === 'must')),
    optional: inOrder(pairs.filter(({ event }) => event.expect === 'may')),
    missed: reportable.filter((event) => event.expect === 'must' && !pairs.some((one) => one.event === event)),
    invented: found.filter((one) => !reported.has(one)).map((one) => ({ found: one, ...causeOf(one, events, pairs) })),
  };
}

/** @param {Found} found @param {Event} event @param {number} tolerance */
function reports(found, event, tolerance) {
  const isNear = Math.abs(found.start - event.start) <= ONSET_LIMIT_SECONDS + tolerance;
  return event.keys.includes(found.key) && isNear && overlaps(found, event);
}

/** @param {Found} found @param {Event} event */
function overlaps(found, event) {
  return found.start < event.end && (found.end === null || found.end > event.start);
}

/** @param {Event} event @param {Found} found @returns {Pair} */
function pair(event, found) {
  const endError = found.end === null ? null : found.end - event.end;
  return { event, found, onset: found.start - event.start, endError };
}

/** @param {Pair[]} pairs */
function inOrder(pairs) {
  return [...pairs].sort((a, b) => a.event.start - b.event.start);
}

/** @param {Found} found @param {Event[]} events @param {Pair[]} pairs @returns {Pick<Invented, 'cause'|'during'>} */
function causeOf(found, events, pairs) {
  const around = events.filter((event) => overlaps(found, event));
  const same = around.find(({ keys }) => keys.includes(found.key));
  if (!same) return around.length ? { cause: 'other kind', during: around[0].type } : { cause: 'nothing there', during: null };
  if (same.expect === 'never') return { cause: 'blip', during: same.type };
  return { cause: pairs.some(({ event }) => event === same) ? 'twice' : 'wrong time', during: same.type };
}
