/** Readings for tests: a candidate who sits still, and what may happen to them. */

import * as dwell from '../../proctor_app/static/js/watch/dwell.js';

const EPOCH = 1_700_000_000_000;
export const POLICY = { thresholds: { face_not_visible: 3, looking_away: 5, absence: 10, multiple_faces: 2, window_blur: 2 } };

const AT_SCREEN = {
  faces: 1, yaw: 2, pitch: -4, roll: 0, face_width: 0.25, face_box: { x: 0.4, y: 0.3, width: 0.25, height: 0.4 },
  gaze_x: 0.02, gaze_y: 0.11, eyes_apart: 0.25, eyes_open: 0.31, mouth: 0.01, cut_off: false, face_luma: 110, luma: 120, contrast: 40, sharpness: 5,
};
const NOBODY = {
  faces: 0, yaw: null, pitch: null, roll: null, face_width: null, face_box: null, face_luma: null,
  gaze_x: null, gaze_y: null, eyes_apart: null, eyes_open: null, mouth: null,
};

/** What a stretch of a scene may show, laid over a candidate at their screen. */
export const SHOWS = {
  candidate: {},
  nobody: NOBODY,
  friend: { faces: 2 },
  right: { yaw: 40 },
  left: { yaw: -38 },
  down: { pitch: -34 },
  up: { pitch: 24 },
  eyesRight: { gaze_x: 0.32 },
  eyesLeft: { gaze_x: -0.3 },
  eyesUp: { gaze_y: 0.4 },
  eyesDown: { gaze_y: -0.2, eyes_open: 0.22 },
  eyesClosed: { gaze_x: null, gaze_y: null, eyes_apart: null, eyes_open: 0.05 },
  aside: { yaw: -19, pitch: 15 },
  covered: { ...NOBODY, luma: 3, contrast: 0.5, sharpness: 0.4 },
  dark: { ...NOBODY, luma: 8, contrast: 6, sharpness: 1 },
  blurred: { ...NOBODY, sharpness: 0.3 },
  cutOff: { cut_off: true, yaw: 35 },
};

/**
 * Readings of a scene: [[seconds, what], …], where what is a key of SHOWS, changes to a reading, or `could_not_tell`.
 * A stretch named 'silence' has no readings at all.
 * @param {[number, any][]} stretches
 * @param {number} [fps]
 */
export function scene(stretches, fps = 5) {
  const readings = [];
  let start = 0;
  let frame = 0;
  for (const [seconds, what] of stretches) {
    const end = start + seconds;
    for (; frame / fps < end - 1e-9; frame += 1) {
      const at = EPOCH + (frame * 1000) / fps;
      if (what === 'silence') continue;
      if (what.could_not_tell) readings.push({ at, ...what });
      else readings.push({ at, ...AT_SCREEN, ...(typeof what === 'string' ? SHOWS[what] : what) });
    }
    start = end;
  }
  return readings;
}

/** A counter in the shape of UUIDs. */
export function ids() {
  let count = 0;
  return () => `00000000-0000-4000-8000-${String((count += 1)).padStart(12, '0')}`;
}

/** Run readings through the detectors. Returns every message in order, with times in seconds from the first reading. */
export function messages(readings, policy = POLICY) {
  const newId = ids();
  const first = readings[0].at;
  let state = dwell.START;
  const told = [];
  for (const reading of readings) {
    const result = dwell.step(state, reading, policy, newId);
    state = result.state;
    told.push(...result.observations.map((one) => ({ ...one, told: inSeconds(reading.at, first) })));
  }
  return told.map((one) => ({ ...one, started_at: inSeconds(one.started_at, first), ended_at: inSeconds(one.ended_at, first) }));
}

function inSeconds(at, first) {
  return at === null ? null : Math.round((at - first) / 10) / 100;
}

/** What became of them: the last message of each observation. */
export function incidents(readings, policy = POLICY) {
  const byId = new Map();
  for (const message of messages(readings, policy)) byId.set(message.id, message);
  return [...byId.values()];
}

/** In one line each, to compare: 'absence 20-35', 'focus_loss/looking_away 12-…'. */
export function lines(readings, policy = POLICY) {
  return incidents(readings, policy).map(
    ({ kind, reason, started_at: from, ended_at: to }) => `${kind}${reason ? `/${reason}` : ''} ${from}-${to ?? '…'}`,
  );
}
