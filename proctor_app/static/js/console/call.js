/**
 * The call on the console: the candidate's picture large, one's own small, what the connection does in words.
 * The call itself is `call/session-call.js`; this file is its face.
 */

import { createSessionCall } from '../call/session-call.js';
import { watchQuality } from '../call/quality.js';
import { EVENT } from '../protocol.js';
import { element, flash, say } from './page.js';
import { createSecondLook } from './second-look.js';
import { showLookState } from './second-look-state.js';

/** @typedef {import('../protocol.js').Presence} Presence */
/** @typedef {import('../call/session-call.js').CallState} CallState */

/** What is written over the picture while the candidate is there and the picture is not. */
const STATE_WORDS = {
  waiting: 'Connecting picture and sound',
  connecting: 'Connecting picture and sound',
  reconnecting: 'Picture and sound were lost and are coming back',
  connected: '',
  closed: '',
};
const GOES_ON = 'Their page has lost the server; the call goes on';

/**
 * @param {Object} options
 * @param {import('../socket.js').Link} options.link
 * @param {{peer: string}} options.identity
 * @param {RTCIceServer[]} options.iceServers
 * @param {import('../call/media.js').Media} options.media
 * @param {boolean} options.looks whether what arrives is compared with what the candidate's page says
 */
export function createCallArea({ link, identity, iceServers, media, looks }) {
  const stage = element('stage');
  const card = element('stage-card');
  const remote = element('remote-video', HTMLVideoElement);
  const play = element('play');
  const take = element('take-call');
  const invite = element('toggle-invite');
  /** @type {Presence|null} */
  let presence = null;
  /** @type {boolean|null} what the invite button says, until the candidate comes or goes */
  let cardWanted = null;

  const call = createSessionCall({
    role: 'interviewer',
    self: identity.peer,
    iceServers,
    send: (signal) => link.request(EVENT.signal, signal),
    onstate: show,
    onstream: showStream,
  });

  const secondLook = looks
    ? createSecondLook({
        video: remote,
        stats: call.stats,
        send: (message) => link.send(EVENT.secondLook, message),
        onstate: showLookState,
      })
    : null;

  /** @param {MediaStream|null} stream */
  function showStream(stream) {
    if (remote.srcObject !== stream) remote.srcObject = stream;
    if (stream) void start();
  }

  async function start() {
    try {
      await remote.play();
      play.hidden = true;
    } catch (error) {
      // Browsers refuse sound before the first click on a page. Replaced streams abort the play of the one before.
      play.hidden = /** @type {DOMException} */ (error).name !== 'NotAllowedError';
    }
  }

  /** @param {Presence} next */
  function takePresence(next) {
    if (next.candidate.peer !== presence?.candidate.peer) cardWanted = null;
    presence = next;
    call.presence(next);
    show();
  }

  function show() {
    const inCall = presence?.interviewers.find((one) => one.in_call);
    const mine = inCall?.peer === identity.peer;
    const agreed = presence?.candidate.consent !== 'withdrawn';
    secondLook?.setActive(mine && agreed && call.state === 'connected');
    const candidateThere = Boolean(presence?.candidate.peer);
    // A candidate whose page lost the server may still be seen and heard; one who left is gone, whatever is still shown.
    const goesOn = call.state === 'connected' && presence?.candidate.state === 'reconnecting';
    const away = !candidateThere && !goesOn;
    stage.dataset.call = away ? 'waiting' : call.state;
    card.hidden = !(cardWanted ?? away);
    invite.setAttribute('aria-pressed', String(!card.hidden));
    take.hidden = !presence || mine;
    const elsewhere = inCall && !mine ? `${inCall.name} is in the call on another page` : '';
    const words = goesOn ? GOES_ON : candidateThere ? STATE_WORDS[call.state] : '';
    say(element('call-state'), elsewhere || (card.hidden ? words : ''));
  }

  async function takeOver() {
    try {
      await link.request(EVENT.takeCall, {});
    } catch (error) {
      flash(`The call could not be taken over: ${/** @type {Error} */ (error).message}`);
    }
  }

  invite.addEventListener('click', () => {
    cardWanted = Boolean(card.hidden);
    show();
  });
  play.addEventListener('click', () => void start());
  take.addEventListener('click', () => void takeOver());
  link.on(EVENT.presence, takePresence);
  link.on(EVENT.signal, call.signal);
  // Sound and picture go between the pages directly: the server cannot cut them.
  link.on(EVENT.shutOut, call.hangUp);
  watchQuality(call.stats, showQuality);

  return {
    online: call.online,
    /** Send what the devices give now. */
    mediaChanged() {
      call.setStream(media.stream);
      sendMedia();
    },
    sendMedia,
  };

  function sendMedia() {
    link.send(EVENT.media, { microphone: media.isOn('audio'), camera: media.isOn('video') });
  }
}

/** @param {{word: string, numbers: import('../call/quality.js').QualityNumbers|null}} quality */
function showQuality({ word, numbers }) {
  const node = element('quality');
  node.dataset.word = word;
  node.hidden = word === 'unknown';
  /** @type {HTMLElement} */ (node.lastElementChild).textContent = word;
  node.title = numbers ? qualityTitle(numbers) : '';
}

/** @param {import('../call/quality.js').QualityNumbers} numbers */
function qualityTitle({ round_trip_ms: trip, loss, width, height, fps, kilobits_in: kilobits }) {
  return [
    trip !== null && `${trip} ms there and back`,
    loss !== null && `${(loss * 100).toFixed(1)} % lost`,
    width !== null && `${width} × ${height} at ${Math.round(fps ?? 0)} a second`,
    kilobits !== null && `${kilobits} kbit/s in`,
  ]
    .filter(Boolean)
    .join(' · ');
}
