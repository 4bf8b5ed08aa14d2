/** How the monitoring goes, for the candidate: a word in the strip, and a note where they can do something about it. */

import { element, part, say } from './page.js';
import { describeState } from './words.js';

/** What the failures of the vision worker mean to a person. */
const FAILURES = /** @type {Record<string, string>} */ ({
  no_webgl: 'this browser has no WebGL; hardware acceleration may be switched off in its settings',
  no_wasm: 'this browser is too old: it has no WebAssembly with SIMD',
  no_module_worker: 'this browser is too old: it has no module workers',
  no_worker: 'this browser did not let the page start a worker',
  model_missing: 'the face model could not be fetched',
  model_unusable: 'the face model that arrived cannot be used',
  model_wrong: 'the face model that arrived is not the one that the server named, so it was not used',
  engine_failed: 'the vision engine did not start',
  worker_died: 'the vision worker stopped again and again',
  worker_hung: 'the vision worker did not answer',
  frame_failed: 'the vision engine could not read the camera’s pictures',
});
/** A camera that is opened takes a moment; one that gives nothing for so long will not by itself. */
const NO_PICTURE_MS = 5000;
const NO_PICTURE = new Set(['no_frames', 'track_muted']);

/** @typedef {import('../watch/monitor.js').Status} Status */

/** @param {Status} status @param {number} at now, on the status's clock */
export function showStatus({ state, reason, since, knows_look: knowsLook }, at) {
  const strip = element('monitor-status');
  // Where it could not tell for a moment, the monitor runs all the same; the words say what it lacks.
  strip.dataset.state = state === 'could_not_tell' ? 'watching' : state;
  strip.dataset.look = knowsLook ? 'known' : 'learning';
  say(part(strip, 'word'), describeState(state, reason));
  const hasNoPicture = state === 'could_not_tell' && NO_PICTURE.has(reason ?? '') && at - since >= NO_PICTURE_MS;
  const note = element('monitor-note');
  note.hidden = state !== 'failed' && !hasNoPicture;
  if (note.hidden) return;
  say(part(note, 'message'), state === 'failed' ? failed(reason) : NO_PICTURE_WORDS);
}

const NO_PICTURE_WORDS =
  'Your camera gives no picture. Another program may be using it: close that program, or choose another camera under Devices. ' +
  'The call goes on, and the interviewer sees that nothing can be seen.';

/** @param {string|null} code */
function failed(code) {
  const why = FAILURES[code ?? ''] ?? `reason: ${(code ?? 'unknown').replaceAll('_', ' ')}`;
  return `Monitoring does not run (${why}). The call goes on without it, and the interviewer sees that.`;
}
