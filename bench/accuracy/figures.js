/** From verdicts on clips to figures: recall, precision, errors, flags an honest hour, and how sure one can be of them. Pure. */

import { match } from './match.js';

/** @typedef {import('./match.js').Found} Found */
/** @typedef {import('./match.js').Verdict} Verdict */
/**
 * What a clip shows, as bench/detection_labels.py reads it.
 * @typedef {Object} Truth
 * @property {string} name
 * @property {number} duration
 * @property {number} tolerance
 * @property {import('./match.js').Event[]} events
 * @property {string[]} people
 * @property {Record<string, string>} conditions
 * @property {string} shows
 */
/**
 * One clip with what came of it.
 * @typedef {Object} Result
 * @property {Truth} truth
 * @property {Found[]} found
 * @property {[number, number]} watched from when to when of the clip the candidate was watched, seconds
 * @property {Record<'speech'|'objects', Record<string, number>>} [watchers] heartbeats in each state
 * @property {{coverage: number|null, fps: number, frame_ms: number, cpu_percent: number}|null} load null for a trace
 */
/**
 * @typedef {Object} Figures
 * @property {number} hits
 * @property {number} invented
 * @property {number} missed
 * @property {number} optional reports of what may be reported
 * @property {number} optionalEvents
 * @property {number|null} recall null where nothing was to be found
 * @property {number|null} precision null where nothing was reported
 * @property {number[]} onsets seconds, + = too late
 * @property {number[]} ends
 * @property {number} seconds watched
 * @property {number} honestSeconds of those, in which nothing that may be reported went on
 */

/**
 * @param {Result} result
 * @returns {Verdict} on what could be seen: an event before the watch began, or after it ended, is left out
 */
export function judge({ truth, found, watched }) {
  const [from, until] = watched;
  const events = truth.events.filter(({ start, end }) => start >= from && end <= until + truth.tolerance);
  return match(events, found, truth.tolerance);
}

/** @param {Result[]} results @param {(key: string) => boolean} [isWanted] only these kinds @returns {Figures} */
export function figures(results, isWanted = () => true) {
  const sum = { hits: 0, invented: 0, missed: 0, optional: 0, optionalEvents: 0, seconds: 0, honestSeconds: 0 };
  /** @type {number[]} */
  const onsets = [];
  /** @type {number[]} */
  const ends = [];
  for (const result of results) {
    const verdict = judge(result);
    const hits = verdict.hits.filter(({ event }) => isWanted(event.keys[0]));
    sum.hits += hits.length;
    sum.invented += verdict.invented.filter(({ found }) => isWanted(found.key)).length;
    sum.missed += verdict.missed.filter(({ keys }) => isWanted(keys[0])).length;
    sum.optional += verdict.optional.filter(({ event }) => isWanted(event.keys[0])).length;
    sum.optionalEvents += result.truth.events.filter(({ expect, keys }) => expect === 'may' && isWanted(keys[0])).length;
    sum.seconds += result.watched[1] - result.watched[0];
    sum.honestSeconds += honest(result);
    onsets.push(...hits.map(({ onset }) => onset));
    ends.push(...hits.flatMap(({ endError }) => (endError === null ? [] : [endError])));
  }
  const reported = sum.hits + sum.invented;
  const expected = sum.hits + sum.missed;
  return {
    ...sum,
    recall: expected ? sum.hits / expected : null,
    precision: reported ? sum.hits / reported : null,
    onsets,
    ends,
  };
}

/** Seconds of a clip in which only blips happened, or nothing. @param {Result} result */
function honest({ truth, watched: [from, until] }) {
  const busy = truth.events.filter(({ expect }) => expect !== 'never');
  return busy.reduce((left, { start, end }) => left - Math.max(0, Math.min(end, until) - Math.max(start, from)), until - from);
}

/** @param {Result[]} results those in which nothing happens that may be reported */
export function honestClips(results) {
  return results.filter(({ truth }) => truth.events.every(({ expect }) => expect === 'never'));
}

/** The middle and the worst error in absolute terms; null without any. @param {number[]} errors */
export function errors(errors) {
  if (!errors.length) return null;
  const sorted = errors.map(Math.abs).sort((a, b) => a - b);
  return { median: median(sorted), worst: sorted[sorted.length - 1] };
}

/** @param {number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** The kinds that were expected or reported anywhere, in the order of their names. @param {Result[]} results */
export function kinds(results) {
  const names = results.flatMap(({ truth, found }) => [...truth.events.map(({ keys }) => keys[0]), ...found.map(({ key }) => key)]);
  return [...new Set(names)].sort();
}

/**
 * Between which shares the true one lies with 95 % confidence (Wilson's interval): 16 of 16 is no proof of 100 %.
 * @param {number} hits
 * @param {number} of
 * @returns {[number, number]|null}
 */
export function interval(hits, of) {
  if (!of) return null;
  const z = 1.96;
  const share = hits / of;
  const scale = 1 + (z * z) / of;
  const middle = (share + (z * z) / (2 * of)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of));
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

/**
 * The most events an hour that `count` in `seconds` leaves possible with 95 % confidence. None seen: the rule of three. Some
 * seen: the upper bound of a Poisson rate, by the Wilson-Hilferty approximation.
 * @param {number} count
 * @param {number} seconds
 */
export function mostPerHour(count, seconds) {
  const n = count + 1;
  const bound = count === 0 ? 3 : n * (1 - 1 / (9 * n) + 1.645 / (3 * Math.sqrt(n))) ** 3;
  return (bound * 3600) / seconds;
}
