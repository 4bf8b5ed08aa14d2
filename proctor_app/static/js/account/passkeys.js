/**
 * Passkeys: makes one on the account page, signs in with one on the sign-in pages.
 *
 *   form[data-passkey="add"]          with an input named `label`
 *   button[data-passkey="sign-in"]    with `data-next`, where to go afterwards
 *   [data-passkey-problem]            where a refusal is told
 *
 * Both are hidden until this script finds that the browser can do it.
 */

const token = /** @type {HTMLMetaElement} */ (document.querySelector('meta[name="csrf-token"]')).content;
const problem = /** @type {HTMLElement | null} */ (document.querySelector('[data-passkey-problem]'));

/** A refusal of the server, in words for people. */
class Refusal extends Error {}

/**
 * @param {string} path
 * @param {object} [body]
 * @returns {Promise<any>} the answer; rejects with a Refusal
 */
async function post(path, body = {}) {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-CSRFToken': token },
    body: JSON.stringify(body),
  });
  const answer = await response.json().catch(() => null);
  if (response.ok && answer) return answer;
  throw new Refusal(answer?.error?.message ?? 'The server did not answer as expected. Reload the page and try again.');
}

/** @param {string} label what the new passkey is called */
async function add(label) {
  const options = await post('/account/passkeys/options');
  const credential = await navigator.credentials.create({
    publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options),
  });
  return post('/account/passkeys', { credential: toJSON(credential), label });
}

/** @param {string} next where to go afterwards */
async function signIn(next) {
  const options = await post('/sign-in/passkey/options');
  const credential = await navigator.credentials.get({
    publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options),
  });
  return post('/sign-in/passkey', { credential: toJSON(credential), next });
}

/** @param {Credential | null} credential */
function toJSON(credential) {
  return /** @type {PublicKeyCredential} */ (credential).toJSON();
}

/**
 * Do `work` while `button` is busy, then go where the server says; tell what went wrong.
 * @param {HTMLButtonElement} button
 * @param {() => Promise<{location: string}>} work
 */
async function run(button, work) {
  if (problem) problem.hidden = true;
  button.disabled = true;
  try {
    const { location } = await work();
    // The account page is this one: only its anchor would change.
    if (window.location.pathname === new URL(location, window.location.href).pathname) window.location.reload();
    else window.location.assign(location);
  } catch (error) {
    button.disabled = false;
    if (!problem) return;
    /** @type {HTMLElement} */ (problem.querySelector('span')).textContent = inWords(error);
    problem.hidden = false;
  }
}

/** @param {unknown} error */
function inWords(error) {
  if (error instanceof Refusal) return error.message;
  const name = error instanceof Error ? error.name : '';
  if (name === 'InvalidStateError') return 'This device has a passkey for your account already.';
  if (name === 'NotAllowedError') return 'No passkey was given: it was cancelled, took too long, or there is none for this site.';
  if (name === 'TypeError') return 'The server cannot be reached. Check the connection and try again.';
  return `The browser could not do it (${name || 'unknown reason'}).`;
}

if (window.PublicKeyCredential && 'parseCreationOptionsFromJSON' in PublicKeyCredential) {
  for (const found of document.querySelectorAll('[data-passkey]')) {
    if (found instanceof HTMLFormElement) {
      found.addEventListener('submit', (event) => {
        event.preventDefault();
        const label = /** @type {HTMLInputElement} */ (found.elements.namedItem('label')).value;
        void run(/** @type {HTMLButtonElement} */ (found.querySelector('button')), () => add(label));
      });
    } else if (found instanceof HTMLButtonElement) {
      found.addEventListener('click', () => void run(found, () => signIn(found.dataset.next ?? '/')));
    }
    /** @type {HTMLElement} */ (found).hidden = false;
  }
} else {
  for (const found of document.querySelectorAll('[data-passkey-missing]')) /** @type {HTMLElement} */ (found).hidden = false;
}
