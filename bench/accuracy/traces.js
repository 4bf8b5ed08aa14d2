/** The recorded readings of tests/js/traces, and what the detectors make of them. */

import { readdirSync, readFileSync } from 'node:fs';
import * as camera from '../../proctor_app/static/js/watch/camera.js';
import * as dwell from '../../proctor_app/static/js/watch/dwell.js';

const FOLDER = new URL('../../tests/js/traces/', import.meta.url);

/** @typedef {import('../../proctor_app/static/js/watch/face.js').Reading} Reading */
/** @typedef {import('../../proctor_app/static/js/watch/dwell.js').Policy} Policy */
/**
 * @typedef {Object} Trace
 * @property {import('./figures.js').Truth} truth
 * @property {Record<string, string>} from the model and the packages that it was read with
 * @property {Reading[]} readings
 */

/** All traces, by name. @returns {Trace[]} */
export function readTraces() {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
  return names.sort().map((name) => readTrace(JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'))));
}

/** @param {any} file a trace's file, its readings as rows @returns {Trace} */
export function readTrace({ truth, from, columns, readings }) {
  const named = readings.map((/** @type {any[]} */ row) => Object.fromEntries(row.map((value, at) => [columns[at], value])));
  return { truth, from, readings: named.map(whole) };
}

/** @param {any} row */
function whole({ face_box: box, cut_off: cutOff, ...rest }) {
  const [x, y, width, height] = box ?? [];
  return { ...rest, cut_off: Boolean(cutOff), face_box: box && { x, y, width, height } };
}

/**
 * Run readings through the detectors as the monitor does.
 * @param {Reading[]} readings
 * @param {Policy} policy
 * @returns {import('./match.js').Found[]} times in seconds
 */
export function replay(readings, policy) {
  let count = 0;
  const newId = () => String((count += 1));
  /** @type {Map<string, import('../../proctor_app/static/js/watch/dwell.js').Observation>} */
  const told = new Map();
  /** @param {{observations: any[]}} result */
  const hear = ({ observations }) => observations.forEach((one) => told.set(one.id, one));
  let state = dwell.START;
  let cameraState = camera.START;
  for (const reading of readings) {
    const seen = camera.step(cameraState, reading, policy, newId);
    const judged = dwell.step(state, reading, policy, newId);
    [cameraState, state] = [seen.state, judged.state];
    hear(seen);
    hear(judged);
  }
  const end = readings[readings.length - 1].at;
  hear(camera.closeAll(cameraState, end));
  hear(dwell.closeAll(state, end));
  const found = [...told.values()].map(({ kind, reason, started_at: from, ended_at: to }) => ({
    key: reason ?? kind,
    start: from / 1000,
    end: to === null ? null : to / 1000,
  }));
  return found.sort((a, b) => a.start - b.start);
}

/** A trace as a result to be judged. @param {Trace} trace @param {Policy} policy @returns {import('./figures.js').Result} */
export function resultOf({ truth, readings }, policy) {
  return { truth, found: replay(readings, policy), watched: [0, truth.duration], load: null };
}
