/**
 * The calibration's card and its full page of dots, and what is kept of it: in this tab only, so that a reload keeps it.
 *
 *   const calibration = startCalibration({ session, policy, video });
 *   calibration.cameraReady(true);     // `video` shows the camera's picture
 *   calibration.stop();
 */

import { runCalibration } from '../checks/calibration.js';
import { begin, calibrated, step } from '../watch/calibration.js';
import { now } from '../watch/clock.js';
import { grab, trackOf } from '../watch/frames.js';
import { isOn } from '../watch/policy.js';
import { createWorkerClient } from '../watch/worker-client.js';
import { element, part, say } from './page.js';

/** @typedef {import('../watch/calibration.js').Calibration} Calibration */
/** @typedef {import('../watch/calibration.js').Problem} Problem */

const PROBLEMS = /** @type {Record<Problem|'camera'|'failed', string>} */ ({
  no_face: 'Your face was not found. Sit so that it is whole in the picture, with light on it, and try again.',
  several_faces: 'There was more than one face in the picture. Try again when you are alone in it.',
  restless: 'Your head moved a lot at the middle dot. Try again, and follow the dots as you would read.',
  not_followed: 'Your eyes did not seem to follow the dots. Try again, or join without it.',
  camera: 'The camera gave no picture. Choose another one above and try again.',
  failed: 'It cannot be measured in this browser. You can join without it.',
});
const WORDS = /** @type {Record<import('../watch/calibration.js').Target, string>} */ ({
  centre: 'Look at the dot in the middle of the page.',
  top_left: 'Now at the top left.',
  top_right: 'Now at the top right.',
  bottom_right: 'Now at the bottom right.',
  bottom_left: 'Last one: at the bottom left.',
});
const NOTES = /** @type {Record<string, string>} */ ({
  left: 'Looks to your left, at your notes, are not noted.',
  right: 'Looks to your right, at your notes, are not noted.',
  down: 'Looks down, at your notes, are not noted.',
});

/** @param {string} session */
const keyOf = (session) => `proctor.calibration.${session}`;

/**
 * What this tab measured for this interview; null where it was with another camera, which looks from elsewhere.
 * @param {string} session
 * @param {HTMLVideoElement} video
 * @returns {Calibration|null}
 */
export function keptCalibration(session, video) {
  try {
    const { camera, calibration } = JSON.parse(sessionStorage.getItem(keyOf(session)) ?? '{}');
    return calibration && camera === cameraOf(video) ? calibration : null;
  } catch {
    return null;
  }
}

/** @param {HTMLVideoElement} video */
function cameraOf(video) {
  return trackOf(video)?.getSettings().deviceId ?? '';
}

/**
 * @param {Object} options
 * @param {string} options.session
 * @param {import('../watch/dwell.js').Policy} options.policy
 * @param {HTMLVideoElement} options.video shows the camera's picture
 */
export function startCalibration({ session, policy, video }) {
  const card = element('calibration');
  const dialog = element('calibration-dialog', HTMLDialogElement);
  const button = element('calibrate', HTMLButtonElement);
  const notes = /** @type {NodeListOf<HTMLInputElement>} */ (card.querySelectorAll('input[name="notes-side"]'));
  let stopping = new AbortController();
  /** @type {Calibration|null} */
  let kept = null;

  card.hidden = !isOn(policy, 'looking_away');
  button.addEventListener('click', () => void measure());
  dialog.addEventListener('close', () => stopping.abort());
  for (const one of notes) {
    one.addEventListener('change', () => kept && keep({ ...kept, notes_side: chosenSide() }));
  }

  /** @param {string} problem */
  function show(problem) {
    card.dataset.state = problem ? 'attention' : kept ? 'ready' : 'optional';
    say(part(card, 'word'), problem ? 'needs attention' : kept ? 'ready' : 'optional');
    say(part(card, 'result'), kept && !problem ? `Measured. ${NOTES[kept.notes_side ?? ''] ?? ''}`.trim() : '');
    say(part(card, 'fix'), problem);
    say(/** @type {HTMLElement} */ (button.querySelector('[data-label]')), kept ? 'Measure again' : 'Start');
  }

  /** @returns {Calibration['notes_side']} */
  function chosenSide() {
    const chosen = [...notes].find((one) => one.checked)?.value;
    return chosen === 'left' || chosen === 'right' || chosen === 'down' ? chosen : null;
  }

  /** @param {Calibration} calibration */
  function keep(calibration) {
    kept = calibration;
    sessionStorage.setItem(keyOf(session), JSON.stringify({ camera: cameraOf(video), calibration }));
    show('');
  }

  async function measure() {
    stopping = new AbortController();
    const { signal } = stopping;
    delete dialog.dataset.target;
    say(part(dialog, 'words'), 'Getting ready…');
    dialog.showModal();
    const reader = createReader(video);
    try {
      await reader.ready(signal);
      const run = await runCalibration({ now, read: reader.read, begin, step, show: showTarget, signal });
      if (!run) return;
      const result = run.problem ? { calibration: null, problem: run.problem } : calibrated(run, chosenSide(), Math.round(now()));
      if (result.calibration) keep(result.calibration);
      else show(PROBLEMS[result.problem]);
    } catch {
      if (!signal.aborted) show(PROBLEMS[video.videoWidth ? 'failed' : 'camera']);
    } finally {
      reader.close();
      dialog.close();
      button.focus();
    }
  }

  /** @param {import('../watch/calibration.js').Target} target */
  function showTarget(target) {
    if (dialog.dataset.target === target) return;
    dialog.dataset.target = target;
    say(part(dialog, 'words'), WORDS[target]);
  }

  return {
    /** Another camera, or the same one again. @param {boolean} isReady whether it gives a picture */
    cameraReady(isReady) {
      button.disabled = !isReady;
      kept = keptCalibration(session, video);
      for (const one of notes) one.checked = kept ? one.value === (kept.notes_side ?? '') : one.checked;
      show('');
    },
    stop() {
      stopping.abort();
      if (dialog.open) dialog.close();
    },
  };
}

/**
 * The same worker that watches later, for as long as this takes.
 * @param {HTMLVideoElement} video
 */
function createReader(video) {
  /** @type {(value: void) => void} */
  let open;
  /** @type {(reason: Error) => void} */
  let fail;
  const opened = new Promise((resolve, reject) => ([open, fail] = [resolve, reject]));
  const client = createWorkerClient({
    onstate(state, code) {
      if (state === 'ready') open();
      if (state === 'failed') fail(new Error(code ?? state));
    },
  });
  client.start();
  return {
    /** @param {AbortSignal} signal */
    ready(signal) {
      signal.addEventListener('abort', () => fail(new Error('stopped')));
      return opened;
    },
    async read() {
      const at = now();
      const frame = await grab(video).catch(() => null);
      const answer = frame && (await client.read(frame, at));
      return answer ? answer.reading : null;
    },
    close: client.close,
  };
}
