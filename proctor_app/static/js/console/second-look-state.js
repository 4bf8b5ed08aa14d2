/** How the second look goes, under the candidate's own monitoring: words only where it does not run, and why. */

import { element, say } from './page.js';

/** What the failures of the vision worker mean for this browser; of the rest the code is told. */
const FAILURES = /** @type {Record<string, string>} */ ({
  no_webgl: 'your browser has no WebGL; hardware acceleration may be switched off in its settings',
  no_wasm: 'your browser is too old for it',
  no_module_worker: 'your browser is too old for it',
  no_worker: 'your browser lets no worker start',
  model_missing: 'the face model could not be fetched',
  model_wrong: 'the face model that arrived is not the one that the server named',
  model_unusable: 'the face model that arrived cannot be used',
  engine_failed: 'the vision engine did not start',
  worker_died: 'the vision worker stopped again and again',
  worker_hung: 'the vision worker did not answer',
  frame_failed: 'the vision engine could not read the pictures',
});

/** @param {import('./second-look.js').LookState} state @param {string|null} code */
export function showLookState(state, code) {
  const node = element('second-look');
  node.dataset.state = state;
  say(/** @type {HTMLElement} */ (node.lastElementChild), state === 'failed' ? failed(code) : '');
  node.hidden = state !== 'failed';
}

/** @param {string|null} code */
export function failed(code) {
  const why = FAILURES[code ?? ''] ?? `reason: ${(code ?? 'unknown').replaceAll('_', ' ')}`;
  return `Their picture is not compared with what their page says: ${why}`;
}
