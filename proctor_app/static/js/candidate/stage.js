/** The two pictures, and in words how the call goes. */

import { watchQuality } from '../call/quality.js';
import { element, say } from './page.js';

/** @typedef {import('../call/session-call.js').CallState} CallState */
/** @typedef {import('../protocol.js').Presence} Presence */

/**
 * @param {Object} options
 * @param {string} options.interviewer
 * @param {() => Promise<RTCStatsReport|null>} options.stats
 */
export function createStage({ interviewer, stats }) {
  const stage = element('stage');
  const remote = element('remote-video', HTMLVideoElement);
  const words = element('call-state');
  const name = element('remote-name');
  const hear = element('hear', HTMLButtonElement);
  /** @type {CallState} */
  let state = 'waiting';
  /** @type {Presence['interviewers'][number]|undefined} */
  let other;
  let linked = true;
  let weak = false;

  const stopQuality = watchQuality(stats, ({ word }) => {
    weak = word === 'poor';
    show();
  });
  hear.addEventListener('click', () => {
    remote.muted = false;
    hear.hidden = true;
    void remote.play();
  });

  function show() {
    stage.dataset.state = words.dataset.state = state;
    say(words, describe());
    element('stage-note').hidden = words.hidden;
    say(name, state === 'connected' ? describeOther() : '');
  }

  function describe() {
    if (!linked) return 'No connection to the server. Trying again; nothing that was noted is lost.';
    if (state === 'connected') return '';
    if (state === 'reconnecting') return `The connection to ${interviewer} was lost. Trying again…`;
    if (state === 'connecting' || other) return `Connecting you with ${interviewer}…`;
    return `${interviewer} is not here yet. The call begins by itself.`;
  }

  function describeOther() {
    const quiet = other && !other.microphone ? ' · microphone off' : '';
    const dark = other && !other.camera ? ' · camera off' : '';
    return `${other?.name ?? interviewer}${quiet}${dark}${weak ? ' · weak connection' : ''}`;
  }

  /** Browsers may refuse to play sound before the page was touched: show the picture then, and a button for the sound. */
  async function play() {
    try {
      await remote.play();
    } catch (error) {
      if (/** @type {DOMException} */ (error).name !== 'NotAllowedError') return;
      remote.muted = true;
      hear.hidden = false;
      await remote.play().catch(() => {});
    }
  }

  return {
    /** @param {MediaStream|null} stream */
    showRemote(stream) {
      if (remote.srcObject !== stream) remote.srcObject = stream;
      if (stream) void play();
      else hear.hidden = true;
    },
    /** @param {CallState} next */
    callState(next) {
      state = next;
      show();
    },
    /** @param {Presence} presence */
    presence(presence) {
      other = presence.interviewers.find((one) => one.in_call);
      show();
    },
    /** @param {boolean} next whether the server is connected */
    linkState(next) {
      linked = next;
      show();
    },
    stop() {
      stopQuality();
      remote.srcObject = null;
      hear.hidden = true;
    },
  };
}
