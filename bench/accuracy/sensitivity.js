/** What other thresholds would do: recall and false flags, replayed from the traces. */

import { figures } from './figures.js';
import { percent, table } from './tables.js';
import { resultOf } from './traces.js';

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

/**
 * One row for each threshold and value. An event that is shorter than a threshold that was raised counts as missed: that is
 * what raising it means.
 * @param {import('./traces.js').Trace[]} traces
 */
export function sensitivity(traces) {
  const rows = Object.entries(THRESHOLDS).flatMap(([key, usual]) =>
    SCALES.map((scale) => {
      const policy = { thresholds: { ...THRESHOLDS, [key]: usual * scale } };
      const results = traces.map((trace) => resultOf(trace, policy));
      const own = figures(results, (kind) => kind === key);
      const all = figures(results);
      const value = `${usual * scale}${scale === 1 ? ' (published)' : ''}`;
      return [`\`${key}\``, value, percent(own.recall), own.invented, percent(all.recall), all.invented, perHour(all)];
    }),
  );
  const head = ['threshold', 'seconds', 'recall of its kind', 'false flags of its kind', 'recall, all', 'false flags, all', 'an honest hour'];
  return table(head, rows);
}

/** @param {import('./figures.js').Figures} sum */
const perHour = ({ invented, honestSeconds }) => ((invented * 3600) / honestSeconds).toFixed(1);
