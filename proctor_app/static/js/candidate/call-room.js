/**
 * The call step, from joining to one of its ends.
 *
 *   const room = await enterCall({ data, identity, media, ondone });
 *   room.mediaChanged();         // after media's onchange
 *
 * `ondone(end)`: {reason: 'ended'|'left'|'replaced'|'refused', refusal?}. What was watched is in the outbox by then.
 */

import { createSessionCall } from '../call/session-call.js';
import { EVENT, NAMESPACE } from '../protocol.js';
import { connect } from '../socket.js';
import { now } from '../watch/clock.js';
import { createChat } from './chat.js';
import { createConsent } from './consent.js';
import { createControls } from './controls.js';
import { openDelivery } from './delivery.js';
import { createMirror } from './mirror.js';
import { createPhase } from './phase.js';
import { element } from './page.js';
import { createStage } from './stage.js';
import { createStills } from './stills.js';
import { startWatching } from './watching.js';

/** How long somebody who leaves waits for what is left to be delivered; the rest waits in the browser. */
const LEAVE_WAITS_MS = 3000;

/** @typedef {{reason: 'ended'|'left'|'replaced'|'refused', refusal?: import('../socket.js').Refusal}} End */

/**
 * @param {Object} options
 * @param {import('./page.js').PageData} options.data
 * @param {{peer: string, tab: string}} options.identity
 * @param {import('../call/media.js').Media} options.media
 * @param {(end: End, link: import('../socket.js').Link, outbox: import('./delivery.js').Delivery) => void} options.ondone
 */
export async function enterCall({ data, identity, media, ondone }) {
  const { session } = data;
  let done = false;
  /** @type {import('./delivery.js').Delivery|null} */
  let outbox = null;
  /** @type {import('./watching.js').Watching|null} */
  let watching = null;
  const call = createSessionCall({
    role: 'candidate',
    self: identity.peer,
    iceServers: data.ice_servers,
    send: (signal) => link.request(EVENT.signal, signal),
    onstate: (state) => stage.callState(state),
    onstream: (stream) => stage.showRemote(stream),
  });
  const stage = createStage({ interviewer: data.interviewer, stats: call.stats });
  const link = connect({ namespace: NAMESPACE.candidate, session, identity, now, onstate: linkChanged });
  const controls = createControls({ media, aroundPrompt });
  const mirror = createMirror(session);
  // What is watched for comes with the first message: an accommodation may take off of what the page was made with.
  const nothing = { ...data.policy, detectors: [], evidence: /** @type {const} */ ('off') };
  const phase = createPhase({ policy: nothing, onpolicy: (policy) => watching?.setPolicy(policy) });
  const stills = createStills({
    policy: () => phase.policy,
    take: async (style, kind) => watching?.still(style, kind) ?? null,
    keep: async (still) => outbox?.putStill(still),
    show: mirror.showStill,
    now,
  });
  const consent = createConsent({ data, link: () => link, onchange: consentChanged });
  createChat(link);

  link.on(EVENT.presence, (presence) => {
    call.presence(presence);
    stage.presence(presence);
    consent.presence(presence);
  });
  link.on(EVENT.signal, call.signal);
  link.on(EVENT.phase, phase.take);
  link.on(EVENT.noticed, (noticed) => mirror.takeFrom(noticed, now() - noticed.now));
  link.on(EVENT.ended, () => finish({ reason: 'ended' }));
  link.on(EVENT.replaced, () => finish({ reason: 'replaced' }));
  link.on(EVENT.shutOut, (refusal) => finish({ reason: 'refused', refusal }));
  element('leave-call').addEventListener('click', askToLeave);
  call.setStream(media.stream);

  outbox = await openDelivery({ session, identity, link: () => link, onstate: mirror.delivery });
  watch();
  if (link.state === 'connected') connected();

  function watch() {
    if (done || watching || !outbox || consent.isWithdrawn) return;
    watching = startWatching({
      link,
      video: element('local-video', HTMLVideoElement),
      policy: phase.policy,
      onobservation: (observation) => {
        mirror.take(observation);
        // What the outbox has no room for, it counts as lost, and the mirror says so.
        outbox && stills.observed(observation, outbox.put(observation)).catch(() => {});
      },
    });
  }

  /** @param {boolean} isWithdrawn */
  function consentChanged(isWithdrawn) {
    if (!isWithdrawn) watch();
    // Where it is taken back: what was seen up to here is known, and nothing is from now on.
    watching?.beat();
    if (!isWithdrawn) return;
    watching?.stop();
    watching = null;
  }

  /** @param {import('../socket.js').LinkState} state @param {import('../socket.js').Refusal} [refusal] */
  function linkChanged(state, refusal) {
    if (state === 'refused') return void finish({ reason: 'refused', refusal });
    stage.linkState(state === 'connected' || state === 'connecting');
    if (state === 'connected') connected();
    else outbox?.offline();
  }

  function connected() {
    call.online();
    outbox?.online();
    consent.online();
    watching?.beat();
    sendMedia();
  }

  /** While the browser may ask for a permission, a lost focus is our own doing. @param {() => Promise<void>} work */
  async function aroundPrompt(work) {
    watching?.pausePage();
    await work().finally(() => watching?.resumePage());
  }

  function sendMedia() {
    if (link.state !== 'connected') return;
    const message = { microphone: media.isOn('audio'), camera: media.isOn('video') };
    // Told again on the next change or connection; nobody need know that this one was lost.
    link.request(EVENT.media, message).catch(() => {});
  }

  function mediaChanged() {
    if (done) return;
    controls.mediaChanged();
    call.setTrack('audio', media.track('audio'));
    call.setTrack('video', media.track('video'));
    sendMedia();
  }

  function askToLeave() {
    const dialog = element('leave-dialog', HTMLDialogElement);
    dialog.returnValue = '';
    dialog.addEventListener('close', () => dialog.returnValue === 'yes' && finish({ reason: 'left' }), { once: true });
    dialog.showModal();
  }

  /** @param {End} end */
  async function finish(end) {
    if (done) return;
    done = true;
    phase.stop();
    watching?.stop();
    call.close();
    stage.stop();
    media.close();
    outbox ??= await openDelivery({ session, identity, link: () => link });
    if (end.reason === 'left') {
      await outbox.drained(LEAVE_WAITS_MS);
      await link.request(EVENT.leave, {}, LEAVE_WAITS_MS).catch(() => {});
    }
    if (end.reason !== 'ended') {
      link.close();
      outbox.close();
    }
    ondone(end, link, outbox);
  }

  return { mediaChanged };
}
