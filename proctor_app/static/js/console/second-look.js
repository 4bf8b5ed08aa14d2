/**
 * A second look: once a second the same worker that watches on the candidate's page counts faces in the picture that is
 * received here. The server compares that with what the candidate's page says. Whoever patches that page cannot patch this.
 *
 *   const look = createSecondLook({ video, stats: call.stats, send: (message) => link.send('second_look', message), onstate });
 *   look.setActive(true);      // while this page holds the call and the picture comes
 *
 * The worker is loaded when it is first needed, and let go of when it is not. Where it cannot run nothing is sent, and
 * `onstate` says so: a second look that is missing is no second look that found nothing.
 */

import { now } from '../watch/clock.js';
import { grab, trackOf } from '../watch/frames.js';
import { createWorkerClient } from '../watch/worker-client.js';
import { START, answer, problem, readQuantiser } from './received.js';

const EVERY_MS = 1000;

/** @typedef {import('../protocol.js').SecondLookMessage} SecondLookMessage */
/** @typedef {'off'|import('../watch/worker-client.js').ClientState} LookState */

/**
 * @param {Object} options
 * @param {HTMLVideoElement} options.video plays what is received
 * @param {() => Promise<RTCStatsReport|null>} options.stats
 * @param {(message: SecondLookMessage) => void} options.send
 * @param {(state: LookState, code: string|null) => void} options.onstate `code`: why it failed
 * @param {() => import('../watch/worker-client.js').WorkerLike} [options.spawn]
 */
export function createSecondLook({ video, stats, send, onstate, spawn }) {
  /** @type {ReturnType<typeof createWorkerClient>|null} */
  let client = null;
  /** @type {ReturnType<typeof setInterval>|undefined} */
  let timer;
  let isReady = false;
  let seen = START;
  /** @type {MediaStreamTrack|null} */
  let track = null;
  let frames = 0;
  /** @type {import('./received.js').Coded|null} */
  let coded = null;

  async function look() {
    const { quantiser, coded: sums } = readQuantiser((await stats().catch(() => null)) ?? new Map(), coded);
    coded = sums;
    if (!client || !isReady || client.isBusy) return;
    const at = now();
    const reason = blindness(quantiser);
    const frame = reason ? null : await grab(video).catch(() => null);
    if (!frame) return tell(at, { faces: null, could_not_tell: reason ?? 'no_picture' });
    const answered = await client.read(frame, at);
    if (!answered) return;
    const said = answer(seen, answered.reading);
    seen = said.seen;
    tell(at, said.look);
  }

  /** @param {import('./received.js').Picture['quantiser']} quantiser */
  function blindness(quantiser) {
    const shown = video.getVideoPlaybackQuality().totalVideoFrames;
    // A new connection is a new stream, which counts from 0.
    const fresh = Math.max(0, shown - frames);
    frames = shown;
    const latest = trackOf(video);
    // Another picture: what was learned of the last one says nothing about it.
    if (latest !== track) [track, seen] = [latest, START];
    // A page in the background is given old pictures.
    if (document.hidden) return 'page_hidden';
    if (!latest || latest.muted || latest.readyState === 'ended') return 'no_picture';
    return problem({ frames: fresh, width: video.videoWidth, height: video.videoHeight, quantiser });
  }

  /** @param {number} at @param {import('./received.js').Look} found */
  function tell(at, found) {
    send({ at: Math.round(at), ...found });
  }

  function stop() {
    clearInterval(timer);
    client?.close();
    client = null;
    isReady = false;
    onstate('off', null);
  }

  function start() {
    const made = createWorkerClient({
      spawn,
      onstate(state, code) {
        if (made !== client) return;
        isReady = state === 'ready';
        onstate(state, code);
      },
    });
    client = made;
    client.start();
    timer = setInterval(() => void look(), EVERY_MS);
  }

  return {
    /** @param {boolean} isActive */
    setActive(isActive) {
      if (isActive === (client !== null)) return;
      if (isActive) start();
      else stop();
    },
  };
}
