/** Messages to and from the candidate. What could not be sent stays in the field. */

import { EVENT } from '../protocol.js';
import { element, flash, say } from './page.js';

/**
 * @param {import('../socket.js').Link} link
 * @param {string} ownName
 */
export function createChat(link, ownName) {
  const panel = element('chat');
  const log = element('chat-log');
  const input = element('chat-input', HTMLInputElement);
  const toggle = element('toggle-chat');
  const unread = element('unread');
  let missed = 0;

  toggle.addEventListener('click', () => {
    panel.hidden = !panel.hidden;
    toggle.setAttribute('aria-pressed', String(!panel.hidden));
    missed = 0;
    say(unread, '');
    if (!panel.hidden) input.focus();
  });
  element('chat-form', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    void send();
  });
  link.on(EVENT.chat, show);

  async function send() {
    const text = input.value.trim();
    if (!text) return;
    try {
      await link.request(EVENT.chat, { text });
      if (input.value.trim() === text) input.value = '';
    } catch (error) {
      flash(`Your message was not sent: ${/** @type {Error} */ (error).message} It is still in its field.`);
    }
  }

  /** @param {import('../protocol.js').ChatLine} line */
  function show({ from, name, text, at }) {
    const item = document.createElement('li');
    item.className = 'chat__line';
    item.dataset.from = from;
    const when = document.createElement('time');
    when.className = 'soft';
    when.dateTime = new Date(at).toISOString();
    when.textContent = new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
    const who = document.createElement('b');
    who.textContent = from === 'interviewer' && name === ownName ? 'You' : name;
    const words = document.createElement('span');
    words.textContent = text;
    item.append(when, who, words);
    log.append(item);
    log.scrollTop = log.scrollHeight;
    if (panel.hidden) say(unread, String((missed += 1)));
  }
}
