/** The interviewer's console, live and as a review after the end: finds what is on the page and wires the modules. */

import { createCallArea } from './console/call.js';
import { createChat } from './console/chat.js';
import { createDevices } from './console/devices.js';
import * as fragments from './console/fragments.js';
import * as keys from './console/keys.js';
import { element, flash, pageData, say } from './console/page.js';
import { watchPlace } from './console/rows.js';
import * as stills from './console/stills.js';
import { tick } from './console/ticking.js';
import { createMedia } from './call/media.js';
import { EVENT, NAMESPACE } from './protocol.js';
import { connect, pageIdentity } from './socket.js';
import { now } from './watch/clock.js';

// What time alone changes (the monitor has gone silent, coverage sinks) is not announced: the page asks.
const TIMED_EVERY_MS = 20_000;

const data = pageData();
const isLive = data.status !== 'ended';
const clockOffset = data.now - Date.now();
const refreshTimed = () => link.state === 'connected' && fragments.refresh(data, 'timed');

fragments.prepare();
keys.listen();
stills.listen();
watchPlace(element('incident-rows'), element('newer'));
tick(() => Date.now() + clockOffset, refreshTimed);
setInterval(refreshTimed, TIMED_EVERY_MS);
listenToForms();

const identity = pageIdentity();
/** @type {ReturnType<typeof createCallArea>|null} */
let callArea = null;
const link = connect({ namespace: NAMESPACE.interviewer, session: data.session, identity, now, onstate: linkChanged });
link.on(EVENT.fragment, fragments.apply);
link.on(EVENT.ended, () => location.reload());
if (isLive) startCall();

function startCall() {
  const media = createMedia({
    onchange: () => {
      devices.mediaChanged();
      callArea?.mediaChanged();
    },
  });
  const devices = createDevices(media);
  callArea = createCallArea({ link, identity, iceServers: data.ice_servers, media, looks: data.second_look });
  createChat(link, data.name);
  void media.open();
}

/** @param {import('./socket.js').LinkState} state @param {import('./socket.js').Refusal} [refusal] */
function linkChanged(state, refusal) {
  const words = { connecting: '', connected: '', reconnecting: 'No connection, trying again', refused: refusal?.message ?? '' };
  say(element('link'), words[state]);
  if (state !== 'connected') return;
  callArea?.online();
  callArea?.sendMedia();
  // Whatever changed while the page had no connection.
  void fragments.refresh(data, 'all');
}

function listenToForms() {
  document.addEventListener('submit', (event) => {
    const dialog = document.querySelector(/** @type {HTMLElement} */ (event.target).dataset.asks ?? 'none');
    if (!(dialog instanceof HTMLDialogElement)) return;
    event.preventDefault();
    dialog.showModal();
  });
  document.addEventListener('click', (event) => {
    if (/** @type {Element} */ (event.target).closest('dialog a[data-closes]')) event.preventDefault();
  });
  document.addEventListener('htmx:after:request', (event) => {
    const { sourceElement, response } = /** @type {CustomEvent} */ (event).detail.ctx;
    if (sourceElement?.id === 'note-form' && response?.raw?.ok) sourceElement.reset();
  });
  document.addEventListener('htmx:error', (event) => {
    const { sourceElement } = /** @type {CustomEvent} */ (event).detail.ctx ?? {};
    if (sourceElement?.matches?.('form')) flash('The server did not answer, so nothing was changed. Try again.');
  });
}
