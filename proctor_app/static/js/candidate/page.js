/** The page's own nodes: found once, by id, with a clear error when a template and a script disagree. */

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

/** @param {ParentNode} root @param {string} name @returns {HTMLElement} the node with data-part="name" */
export function part(root, name) {
  const found = root.querySelector(`[data-part="${name}"]`);
  if (!(found instanceof HTMLElement)) throw new Error(`There is no [data-part="${name}"] here`);
  return found;
}

/**
 * What the server tells the page.
 * @typedef {Object} PageData
 * @property {string} session
 * @property {string} title
 * @property {'scheduled'|'live'|'ended'} status
 * @property {string} candidate
 * @property {string} interviewer
 * @property {import('../watch/dwell.js').Policy} policy
 * @property {'accepted'|'withdrawn'|null} consent
 * @property {string} consent_version of the text that they would agree to again
 * @property {number} now the server's time, ms
 * @property {RTCIceServer[]} ice_servers
 */

/** @returns {PageData} */
export function pageData() {
  return JSON.parse(element('page-data').textContent ?? '{}');
}

/** @typedef {'opening'|'check'|'call'|'left'|'replaced'|'refused'|'ended'} Step */

/** Show one step and hide the others; it gets the focus, so that screen readers say where we are. @param {Step} step */
export function showStep(step) {
  for (const section of document.querySelectorAll('.step')) {
    if (section instanceof HTMLElement) section.hidden = section.id !== `step-${step}`;
  }
  document.body.dataset.step = step;
  window.scrollTo(0, 0);
  const section = element(`step-${step}`);
  (section.querySelector('h1') ?? section).focus();
}

/** @param {HTMLElement} node @param {string} text shows it, or hides the node when there is nothing to say */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
  node.hidden = text === '';
}

/**
 * A button that opens and closes a panel.
 * @param {HTMLElement} button
 * @param {HTMLElement} panel
 * @param {(open: boolean) => void} [onchange]
 */
export function disclosure(button, panel, onchange = () => {}) {
  button.addEventListener('click', () => {
    panel.hidden = !panel.hidden;
    button.setAttribute('aria-expanded', String(!panel.hidden));
    onchange(!panel.hidden);
  });
}
