/**
 * What the page itself can notice at once: `extra_display`, `fullscreen_exit`, `clipboard_paste`, `devtools_open`.
 *
 * Of a paste its length is told, never the text, and only of one into this page. Leaving full screen counts only where this page
 * had entered it. What the browser does not tell (`isExtended` is Chromium's) is not guessed.
 */

import * as devtools from './devtools.js';
import { isOn } from './policy.js';

const LOOK_MS = 1000;

/** @typedef {'extra_display'|'fullscreen_exit'|'devtools_open'} Lasting */
/** @typedef {import('./dwell.js').Observation} Observation */
/** @typedef {import('./dwell.js').Policy} Policy */

/**
 * @param {Object} options
 * @param {() => number} options.now
 * @param {() => string} options.newId
 * @param {(observation: Observation) => void} options.onObservation
 */
export function createSignalsWatch({ now, newId, onObservation }) {
  /** @type {Policy} */
  let policy = { thresholds: {} };
  /** @type {Map<Lasting, Observation>} */
  const open = new Map();
  let tools = devtools.START;
  let wasFullscreen = false;
  let hasLeftFullscreen = false;
  let pauses = 0;
  /** @type {AbortController|null} */
  let events = null;
  /** @type {ReturnType<typeof setInterval>|undefined} */
  let timer;

  /** @param {string} kind @param {number} since @param {number|null} endedAt @param {Observation['detail']} [detail] @returns {Observation} */
  function observed(kind, since, endedAt, detail = {}) {
    const [from, to] = [Math.round(since), endedAt === null ? null : Math.round(endedAt)];
    const observation = { id: newId(), kind, reason: null, started_at: from, ended_at: to, confidence: 1, detail };
    onObservation(observation);
    return observation;
  }

  /** @param {Lasting} kind @param {boolean} isTrue @param {number} [since] */
  function set(kind, isTrue, since = now()) {
    const known = open.get(kind);
    if (known && !isTrue) end(kind, now());
    if (!known && isTrue && isOn(policy, kind)) open.set(kind, observed(kind, since, null));
  }

  /** @param {Lasting} kind @param {number} at */
  function end(kind, at) {
    const known = open.get(kind);
    open.delete(kind);
    if (known) onObservation({ ...known, ended_at: Math.max(known.started_at, Math.round(at)) });
  }

  function look() {
    if (pauses > 0) return;
    set('extra_display', /** @type {Screen & {isExtended?: boolean}} */ (screen).isExtended === true);
    set('fullscreen_exit', hasLeftFullscreen);
    tools = isOn(policy, 'devtools_open') ? devtools.sized(tools, sizes(), now()) : devtools.START;
    set('devtools_open', tools.open !== null, tools.open?.since);
  }

  function fullscreenChanged() {
    const isFullscreen = document.fullscreenElement !== null;
    // A permission prompt or a file dialog of ours may end full screen by itself; and where it may be left, nobody is told later.
    if (wasFullscreen && !isFullscreen && pauses === 0) hasLeftFullscreen = isOn(policy, 'fullscreen_exit');
    if (isFullscreen) hasLeftFullscreen = false;
    wasFullscreen = isFullscreen;
    look();
  }

  /** @param {ClipboardEvent} event */
  function pasted({ clipboardData }) {
    if (pauses > 0 || !isOn(policy, 'clipboard_paste')) return;
    const detail = { characters: clipboardData?.getData('text/plain').length ?? 0, files: clipboardData?.files.length ?? 0 };
    const at = now();
    observed('clipboard_paste', at, at, detail);
  }

  /** @param {KeyboardEvent} event */
  function keyPressed(event) {
    if (devtools.opensTools(event)) tools = devtools.pressed(tools, now());
  }

  return {
    /** @param {Policy} chosen */
    start(chosen) {
      policy = chosen;
      if (events) return;
      events = new AbortController();
      const { signal } = events;
      wasFullscreen = document.fullscreenElement !== null;
      document.addEventListener('fullscreenchange', fullscreenChanged, { signal });
      document.addEventListener('paste', pasted, { signal, capture: true });
      document.addEventListener('keydown', keyPressed, { signal, capture: true });
      window.addEventListener('resize', look, { signal });
      timer = setInterval(look, LOOK_MS);
      look();
    },
    /** @param {Policy} chosen */
    setPolicy(chosen) {
      policy = chosen;
      for (const kind of [...open.keys()]) {
        if (!isOn(policy, kind)) end(kind, now());
      }
      // A full screen that was left while nobody asked is not held against anybody later.
      if (!isOn(policy, 'fullscreen_exit')) hasLeftFullscreen = false;
      look();
    },
    /** Until `resume()`, what happens is the page's own doing. Calls nest. */
    pause() {
      pauses += 1;
    },
    resume() {
      pauses = Math.max(0, pauses - 1);
      look();
    },
    /** @param {number} at */
    closeAll(at) {
      for (const kind of [...open.keys()]) end(kind, at);
      hasLeftFullscreen = false;
    },
    stop() {
      clearInterval(timer);
      events?.abort();
      events = null;
      this.closeAll(now());
    },
  };
}

/** @returns {devtools.Window_} */
function sizes() {
  const { innerWidth: width, innerHeight: height, outerWidth, outerHeight, devicePixelRatio: zoom } = window;
  return { width, height, outerWidth, outerHeight, zoom };
}
