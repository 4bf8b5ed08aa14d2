/** The page's own nodes, found once by id; what the server wrote for scripts; short messages in the corner. */

/**
 * @template {typeof HTMLElement} T
 * @param {string} id
 * @param {T} [type]
 * @returns {InstanceType<T>}
 */
export function element(id, type = /** @type {T} */ (HTMLElement)) {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`The page has no ${type.name} #${id}`);
  return /** @type {InstanceType<T>} */ (found);
}

/**
 * @typedef {Object} PageData
 * @property {string} session
 * @property {'scheduled'|'live'|'ended'} status what the page was made for
 * @property {number} now the server's time in ms when it was made
 * @property {string} name the signed-in interviewer's
 * @property {RTCIceServer[]} ice_servers
 * @property {boolean} second_look whether the received picture is compared with what the candidate's page says
 */

/** @returns {PageData} */
export function pageData() {
  return JSON.parse(element('page-data').textContent ?? '');
}

/** @param {HTMLElement} node @param {string} text shown while it is not empty */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
  node.hidden = !text;
}

/** @param {string} message that wants a look, in the corner of the page */
export function flash(message) {
  const shown = document.createElement('div');
  shown.className = 'flash fade-in';
  shown.dataset.tone = 'attention';
  const text = document.createElement('p');
  text.className = 'flash__text';
  text.textContent = message;
  const close = document.createElement('button');
  close.type = 'button';
  close.className = 'button button--quiet button--small';
  close.dataset.dismiss = '';
  close.textContent = 'Close';
  shown.append(text, close);
  element('flashes').append(shown);
}
