/**
 * Taking the consent back during the call, and giving it again. The page stops watching at once, whether or not the server can
 * be reached; until it has acknowledged, the page tells it again on every connection, also after a reload.
 *
 *   const consent = createConsent({ data, link, onchange });
 *   consent.isWithdrawn; consent.online(); consent.presence(message);
 */

import { EVENT } from '../protocol.js';
import { element, part, say } from './page.js';

/**
 * @param {Object} options
 * @param {import('./page.js').PageData} options.data
 * @param {() => import('../socket.js').Link} options.link
 * @param {(isWithdrawn: boolean) => void} options.onchange
 */
export function createConsent({ data, link, onchange }) {
  const key = `proctor.withdrawn.${data.session}`;
  let waits = sessionStorage.getItem(key) !== null;
  let isWithdrawn = waits || data.consent === 'withdrawn';
  ask('withdraw', withdraw);
  ask('agree', () => void agree());
  show();

  function withdraw() {
    waits = true;
    sessionStorage.setItem(key, 'yes');
    change(true);
    void tell();
  }

  async function tell() {
    if (!waits || link().state !== 'connected') return;
    // What cannot be told now is told on the next connection.
    const told = await link().request(EVENT.consent, { decision: 'withdrawn' }).catch((error) => error);
    if (told instanceof Error && !['ended', 'not_live'].includes(/** @type {any} */ (told).code)) return;
    waits = false;
    sessionStorage.removeItem(key);
    show();
  }

  async function agree() {
    try {
      await link().request(EVENT.consent, { decision: 'accepted', version: data.consent_version });
    } catch (error) {
      say(part(element('withdrawn-note'), 'problem'), `This was not taken: ${/** @type {Error} */ (error).message}`);
      return;
    }
    change(false);
  }

  /** @param {boolean} next */
  function change(next) {
    if (next === isWithdrawn) return;
    isWithdrawn = next;
    onchange(next);
    show();
  }

  function show() {
    const note = element('withdrawn-note');
    note.hidden = !isWithdrawn;
    element('withdraw').hidden = isWithdrawn;
    say(part(note, 'problem'), waits ? 'The server does not know it yet; it is told as soon as it can be reached.' : '');
    /** @type {HTMLButtonElement} */ (element('agree')).disabled = waits;
    if (!isWithdrawn) return;
    const strip = element('monitor-status');
    strip.dataset.state = 'paused';
    say(part(strip, 'word'), 'off, consent withdrawn');
    element('monitor-note').hidden = true;
  }

  return {
    get isWithdrawn() {
      return isWithdrawn;
    },
    online: () => void tell(),
    /** Another tab may have answered. @param {import('../protocol.js').Presence} presence */
    presence: ({ candidate }) => waits || change(candidate.consent === 'withdrawn'),
  };
}

/** A button that asks first. @param {string} name @param {() => void} onyes */
function ask(name, onyes) {
  const dialog = element(`${name}-dialog`, HTMLDialogElement);
  element(name).addEventListener('click', () => {
    dialog.returnValue = '';
    dialog.addEventListener('close', () => dialog.returnValue === 'yes' && onyes(), { once: true });
    dialog.showModal();
  });
}
