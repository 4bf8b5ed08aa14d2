/** What other thresholds would do: recall and false flags, replayed from the traces. */

import { AWAY } from '../../proctor_app/static/js/watch/evidence.js';
import { figures } from './figures.js';
import { percent, table } from './tables.js';
import { resultOf } from './traces.js';

/** @typedef {import('./traces.js').Trace} Trace */
/** The published thresholds, in seconds; `policies/rules.py` has them for the server, and a test compares. */
export const THRESHOLDS = {
  face_not_visible: 3,
  looking_away: 5,
  absence: 10,
  multiple_faces: 2,
  camera_blocked: 3,
  camera_frozen: 10,
};
const SCALES = [0.25, 0.5, 0.75, 1, 1.5, 2];
const HEAD = ['recall of its kind', 'false flags of its kind', 'recall, all', 'false flags, all', 'an honest hour'];

/**
 * One row for each threshold and value. An event that is shorter than a threshold that was raised counts as missed: that is
 * what raising it means.
 * @param {Trace[]} traces
 */
export function sensitivity(traces) {
  const rows = Object.entries(THRESHOLDS).flatMap(([key, usual]) =>
    SCALES.map((scale) => {
      const results = traces.map((trace) => resultOf(trace, { thresholds: { ...THRESHOLDS, [key]: usual * scale } }));
      return [`\`${key}\``, `${usual * scale}${scale === 1 ? ' (published)' : ''}`, ...cells(results, key)];
    }),
  );
  return table(['threshold', 'seconds', ...HEAD], rows);
}

/**
 * How far a head must be turned. Turning every head further by some share does the same as lowering the limits by it; the eyes
 * are left out, so that only the head speaks.
 * @param {Trace[]} traces
 */
export function turnSensitivity(traces) {
  const rows = SCALES.map((scale) => {
    const results = traces.map((trace) => {
      const readings = trace.readings.map((one) => ({ ...one, ...turned(one, scale), gaze_x: null, gaze_y: null }));
      return resultOf({ ...trace, readings }, { thresholds: THRESHOLDS });
    });
    const degrees = `${AWAY.yaw * scale} / ${AWAY.pitch * scale}${scale === 1 ? ' (published)' : ''}`;
    return [degrees, ...cells(results, 'looking_away')];
  });
  return table(['head turned to the side / up or down, degrees', ...HEAD], rows);
}

/** @param {import('./traces.js').Reading} reading @param {number} scale of the limits */
function turned({ yaw, pitch }, scale) {
  return { yaw: yaw === null ? null : yaw / scale, pitch: pitch === null ? null : pitch / scale };
}

/** @param {import('./figures.js').Result[]} results @param {string} key */
function cells(results, key) {
  const own = figures(results, (kind) => kind === key);
  const all = figures(results);
  const perHour = ((all.invented * 3600) / all.honestSeconds).toFixed(1);
  return [percent(own.recall), own.invented, percent(all.recall), all.invented, perHour];
}
