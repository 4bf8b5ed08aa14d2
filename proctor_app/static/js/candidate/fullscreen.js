/** The offer of full screen, where the policy notes leaving it. It is only ever entered by this button. */

import { isOn } from '../watch/policy.js';
import { element } from './page.js';

/** @typedef {import('../watch/dwell.js').Policy} Policy */

/** @param {Policy} policy */
export function offerFullscreen(policy) {
  const button = element('fullscreen');
  const events = new AbortController();
  const { signal } = events;
  button.addEventListener('click', toggle, { signal });
  document.addEventListener('fullscreenchange', show, { signal });
  setPolicy(policy);

  function toggle() {
    // Whatever the browser refuses, the call goes on in its window.
    const change = document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
    change.catch(() => {});
  }

  /** @param {Policy} next */
  function setPolicy(next) {
    const isOffered = document.fullscreenEnabled && isOn(next, 'fullscreen_exit');
    button.hidden = !isOffered;
    element('fullscreen-note').hidden = !isOffered;
  }

  function show() {
    button.setAttribute('aria-pressed', String(document.fullscreenElement !== null));
  }

  return {
    setPolicy,
    stop() {
      events.abort();
      button.hidden = true;
      element('fullscreen-note').hidden = true;
      if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
    },
  };
}
