/**
 * The tables of a run: node bench/accuracy/write.js RESULTS.json [--docs]
 *
 * With `--docs` they go into docs/accuracy.md, between its markers, and in short into what reports quote.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { figures, honestClips, kinds, mostPerHour } from './figures.js';
import { sensitivity, THRESHOLDS, turnSensitivity } from './sensitivity.js';
import { byClip, byCondition, byKind, faults, summary, table } from './tables.js';
import { readTraces, resultOf } from './traces.js';

const DOCS = new URL('../../docs/accuracy.md', import.meta.url);
const QUOTED = new URL('../../proctor_app/reports/accuracy.json', import.meta.url);
const MARKERS = ['<!-- measured: begin -->', '<!-- measured: end -->'];

const [file, ...options] = process.argv.slice(2);
const run = JSON.parse(readFileSync(file, 'utf8'));
const entries = run.chosen.map((/** @type {string} */ name) => ({ name, ...run.clips[name] }));
const failed = entries.filter((/** @type {any} */ one) => !one.found);
const results = entries.filter((/** @type {any} */ one) => one.found);
const others = results.filter((/** @type {any} */ one) => one.detectors !== run.detectors);
const measuredAt = new Date().toISOString().slice(0, 10);
const isWhole = options.includes('--docs');

const text = [
  `Detectors ${run.detectors}, measured on ${measuredAt}, live: real Chromium, fake camera, running server, database.`,
  ...(failed.length ? [`Not measured: ${failed.map((/** @type {any} */ one) => `${one.name} (${one.error ?? 'not played'})`).join('; ')}.`] : []),
  ...(others.length ? [`Measured with other versions of the detectors: ${others.map((/** @type {any} */ one) => `${one.name} (${one.detectors})`).join(', ')}.`] : []),
  ...(results.length ? sections() : ['Nothing was measured.']),
].join('\n\n');
console.log(text);
if (isWhole && results.length) {
  write(text);
  quote();
}

function sections() {
  return [
    summary(results),
    '### By kind',
    byKind(results),
    ...notShown(),
    '### By clip',
    byClip(results),
    '### By condition, group and person',
    byCondition(results),
    '### What is not as it should be',
    faults(results),
    ...(run.cost ? ['### Cost of a frame', cost(run.cost)] : []),
    ...(isWhole ? fast() : []),
  ];
}

/** The kinds that no clip shows: of these nothing is known here. */
function notShown() {
  const shown = kinds(results);
  const rest = (run.kinds ?? []).filter((/** @type {string} */ kind) => !shown.includes(kind));
  return rest.length ? [`Not measured, because no clip shows them: ${rest.map((/** @type {string} */ kind) => `\`${kind}\``).join(', ')}.`] : [];
}

/** The same clips from their recorded readings, and what other thresholds would do. */
function fast() {
  const traces = readTraces();
  const replayed = traces.map((trace) => resultOf(trace, { thresholds: THRESHOLDS }));
  return [
    '### The fast form: from recorded readings',
    'What the face model saw, replayed under Node: without speech, objects and the server.',
    byKind(replayed),
    '### Sensitivity: other thresholds, replayed from the readings',
    'What lasts less than a raised threshold counts as missed. An absence that is not yet one is told as a face that is not visible.',
    sensitivity(traces),
    turnSensitivity(traces),
  ];
}

/** @param {any} one */
function cost(one) {
  if (one.error) return one.error;
  return table(
    ['median of ' + one.frames + ' frames', 'ms', 'whole pipeline ÷ it', 'goal'],
    [
      ['bare model call, on the frame', one.bare_ms, one.ratio, `≤ ${one.goal}`],
      ['bare model call, on a canvas in the processor’s memory', one.bare_on_canvas_ms, one.ratio_to_canvas, ''],
      ['whole pipeline: frame in, reading out', one.whole_ms, '', ''],
    ],
  );
}

/** @param {string} measured */
function write(measured) {
  const page = readFileSync(DOCS, 'utf8');
  const [before, rest] = page.split(MARKERS[0]);
  const after = rest?.split(MARKERS[1])[1];
  if (after === undefined) throw new Error(`docs/accuracy.md has lost its markers: ${MARKERS.join(' ')}`);
  writeFileSync(DOCS, `${before}${MARKERS[0]}\n\n${measured}\n\n${MARKERS[1]}${after}`);
}

/** What reports quote: only what these very detectors did. */
function quote() {
  const own = results.filter((/** @type {any} */ one) => one.detectors === run.detectors);
  const sum = figures(own);
  const honest = figures(honestClips(own));
  const short = {
    detectors: run.detectors,
    measured_at: measuredAt,
    clips: own.length,
    minutes: Math.round(sum.seconds / 6) / 10,
    people: new Set(own.flatMap((/** @type {any} */ one) => one.truth.people)).size,
    expected: sum.hits + sum.missed,
    found: sum.hits,
    invented: sum.invented,
    honest_minutes: Math.round(sum.honestSeconds / 6) / 10,
    most_per_hour: Math.round(mostPerHour(sum.invented, sum.honestSeconds) * 10) / 10,
    honest_clips: { minutes: Math.round(honest.seconds / 6) / 10, flags: honest.invented },
  };
  writeFileSync(QUOTED, `${JSON.stringify(short, null, 1)}\n`);
}
