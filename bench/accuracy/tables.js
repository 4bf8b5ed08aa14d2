/** Figures as Markdown tables. Pure. */

import { errors, figures, honestClips, interval, judge, kinds, median, mostPerHour } from './figures.js';

/** @typedef {import('./figures.js').Result} Result */
/** @typedef {import('./figures.js').Figures} Figures */
/** The goals of the project; what misses one is printed as it is. */
export const GOALS = { recall: 1, precision: 1, onset: 0.7, ratio: 1.15 };

export const NO_FAULTS = 'Nothing: every scripted incident was found in time, and none was invented.';
/** @type {Record<string, 'speech'|'objects'>} */
const WATCHERS = { second_voice: 'speech', phone_visible: 'objects', book_visible: 'objects', multiple_faces: 'objects' };
const CONDITIONS = { source: 'footage', light: 'light', glasses: 'glasses', compression: 'compression', skin_tone: 'skin tone' };
const HEAD = ['true', 'invented', 'missed', 'optional', 'recall', 'precision', 'onset error, s', 'end error, s'];

/** @param {string[]} head @param {(string|number)[][]} rows */
export function table(head, rows) {
  const line = (/** @type {(string|number)[]} */ cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** @param {Result[]} results */
export function byKind(results) {
  const rows = kinds(results).map((kind) => [`\`${kind}\``, ...cells(figures(results, (key) => key === kind))]);
  return table(['kind', ...HEAD], [...rows, ['**all**', ...cells(figures(results))]]);
}

/** @param {Result[]} results */
export function byClip(results) {
  return table(
    ['clip', 'shows', ...HEAD, 'coverage, %', 'frames/s', 'frame, ms', 'CPU, %'],
    results.map((result) => [
      result.truth.name,
      result.truth.shows,
      ...cells(figures([result])),
      ...(result.load ? [result.load.coverage ?? '', result.load.fps, result.load.frame_ms, result.load.cpu_percent] : ['', '', '', '']),
    ]),
  );
}

/** One row for each value of each condition, and for each person. @param {Result[]} results */
export function byCondition(results) {
  const rows = Object.entries(CONDITIONS).flatMap(([name, label]) =>
    groups(results, ({ truth }) => truth.conditions[name]).map(([value, group]) => [label, value, ...grouped(group)]),
  );
  const people = groups(results, ({ truth }) => truth.people[0]).map(([who, group]) => ['person', who, ...grouped(group)]);
  return table(['', 'group', 'clips', 'minutes', ...HEAD.slice(0, 6), 'recall, 95 % interval'], [...rows, ...people]);
}

/** @param {Result[]} results @param {(result: Result) => string|undefined} of @returns {[string, Result[]][]} */
function groups(results, of) {
  const values = [...new Set(results.map(of))].filter((value) => value !== undefined).sort();
  return values.map((value) => [/** @type {string} */ (value), results.filter((one) => of(one) === value)]);
}

/** @param {Result[]} group */
function grouped(group) {
  const sum = figures(group);
  return [group.length, (sum.seconds / 60).toFixed(1), ...cells(sum).slice(0, 6), range(interval(sum.hits, sum.hits + sum.missed))];
}

/** Everything that is not as it should be, one line each, with its cause. @param {Result[]} results */
export function faults(results) {
  const lines = results.flatMap((result) => {
    const { missed, invented, hits } = judge(result);
    const { name } = result.truth;
    return [
      ...missed.map(({ type, keys, start, end }) => `${name}: missed ${type} at ${start}–${end} s${circumstance(result, keys[0])}`),
      ...invented.map(({ found, cause, during }) =>
        `${name}: invented \`${found.key}\` at ${found.start}–${found.end ?? '…'} s (${cause}${during ? `, during ${during}` : ''})`),
      ...hits
        .filter(({ onset }) => Math.abs(onset) > GOALS.onset)
        .map(({ event, onset }) => `${name}: ${event.type} at ${event.start} s was given a start ${signed(onset)} s off`),
    ];
  });
  return lines.length ? lines.map((line) => `- ${line}`).join('\n') : NO_FAULTS;
}

/** What the watch was like where something was missed: too few looks, or a watcher that did not run. @param {Result} result @param {string} key */
function circumstance({ load, watchers }, key) {
  if (!load) return '';
  const watcher = WATCHERS[key];
  const states = watcher && watchers?.[watcher] ? Object.entries(watchers[watcher]).map(([state, beats]) => `${state} ${beats}`) : [];
  const told = states.length ? `; ${watcher}, in heartbeats: ${states.join(', ')}` : '';
  return ` (at ${load.fps} frames/s, ${load.frame_ms} ms each${told})`;
}

/** The whole in a few lines. @param {Result[]} results */
export function summary(results) {
  const sum = figures(results);
  const honest = honestClips(results);
  const onHonest = figures(honest);
  const onset = errors(sum.onsets);
  const loads = results.flatMap(({ load }) => (load ? [load] : []));
  const people = new Set(results.flatMap(({ truth }) => truth.people)).size;
  const expected = sum.hits + sum.missed;
  return table(
    ['', 'measured', 'goal'],
    [
      ['clips, minutes, people', `${results.length}, ${(sum.seconds / 60).toFixed(1)}, ${people}`, ''],
      ['scripted incidents found (recall)', `${sum.hits} of ${expected} (${percent(sum.recall)}; 95 %: ${range(interval(sum.hits, expected))})`, '100 %'],
      ['reported incidents that happened (precision)', `${sum.hits} of ${sum.hits + sum.invented} (${percent(sum.precision)})`, '100 %'],
      ['incidents that may be reported, and were', `${sum.optional} of ${sum.optionalEvents}`, ''],
      ['onset error, median / worst', onset ? `${seconds(onset.median)} / ${seconds(onset.worst)} s` : '', '≤ 0.7 s'],
      ['flags on clips in which nothing happens', `${onHonest.invented} on ${honest.length} clips, ${(onHonest.seconds / 60).toFixed(1)} minutes`, '0'],
      ['false flags an honest hour', `${((sum.invented * 3600) / sum.honestSeconds).toFixed(1)} in ${(sum.honestSeconds / 60).toFixed(1)} minutes; up to ${mostPerHour(sum.invented, sum.honestSeconds).toFixed(0)} are possible with 95 % confidence`, '0'],
      ...(loads.length
        ? [
            ['coverage, median / least', `${median(loads.map((one) => one.coverage ?? 0))} / ${Math.min(...loads.map((one) => one.coverage ?? 0))} %`, ''],
            ['frames read a second, median', median(loads.map((one) => one.fps)).toFixed(1), '5'],
            ['CPU of the candidate’s browser, median', `${median(loads.map((one) => one.cpu_percent))} % of a core`, ''],
          ]
        : []),
    ],
  );
}

/** @param {Figures} sum */
function cells({ hits, invented, missed, optional, optionalEvents, recall, precision, onsets, ends }) {
  const pair = (/** @type {ReturnType<typeof errors>} */ one) => (one ? `${seconds(one.median)} / ${seconds(one.worst)}` : '');
  const may = optionalEvents ? `${optional} of ${optionalEvents}` : '';
  return [hits, invented, missed, may, percent(recall), percent(precision), pair(errors(onsets)), pair(errors(ends))];
}

/** @param {number|null} share */
export const percent = (share) => (share === null ? '' : `${Math.round(share * 100)} %`);
/** @param {[number, number]|null} pair */
const range = (pair) => (pair ? `${Math.round(pair[0] * 100)}–${Math.round(pair[1] * 100)} %` : '');
/** @param {number} value */
const seconds = (value) => value.toFixed(2);
/** @param {number} value */
const signed = (value) => (value < 0 ? `−${seconds(-value)}` : `+${seconds(value)}`);
