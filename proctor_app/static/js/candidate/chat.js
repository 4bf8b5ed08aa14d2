/** Messages to and from the interviewer. What could not be sent stays in the field. */

import { EVENT } from '../protocol.js';
import { disclosure, element, say } from './page.js';

/** @param {import('../socket.js').Link} link */
export function createChat(link) {
  const panel = element('chat-panel');
  const log = element('chat-log');
  const input = element('chat-input', HTMLInputElement);
  const unread = element('chat-unread');
  let missed = 0;

  disclosure(element('open-chat'), panel, (open) => {
    if (!open) return;
    missed = 0;
    say(unread, '');
    input.focus();
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
      say(element('chat-problem'), '');
    } catch (error) {
      say(element('chat-problem'), `Not sent: ${/** @type {Error} */ (error).message} Press “Send” to try again.`);
    }
  }

  /** @param {import('../protocol.js').ChatLine} line */
  function show({ from, name, text, at }) {
    const item = document.createElement('li');
    item.className = 'chat__line';
    item.dataset.from = from;
    const who = document.createElement('b');
    who.textContent = from === 'candidate' ? 'You' : name;
    const when = document.createElement('time');
    when.dateTime = new Date(at).toISOString();
    when.textContent = new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
    const words = document.createElement('p');
    words.textContent = text;
    item.append(who, when, words);
    log.append(item);
    log.scrollTop = log.scrollHeight;
    element('chat-empty').hidden = true;
    if (panel.hidden) say(unread, String((missed += 1)));
  }
}
