/** The model's file: fetched, and used only when it is the one that the server names. */

/**
 * @typedef {'no_webgl'|'no_wasm'|'model_missing'|'model_wrong'|'model_unusable'|'engine_failed'|'frame_failed'} FailureCode
 */

/** An error with a code that the page can act on. */
export class EngineFailure extends Error {
  /** @param {FailureCode} code @param {string} message */
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/**
 * @param {string} url
 * @returns {Promise<{bytes: Uint8Array, hash: string}>} `hash`: SHA-256, in hexadecimal digits
 * @throws {EngineFailure}
 */
export async function fetchModel(url) {
  const first = await download(url, 'default');
  if (first.isRight) return first;
  // What a cache kept may be the one of another version.
  const second = await download(url, 'reload');
  if (second.isRight) return second;
  throw new EngineFailure('model_wrong', `The model ${url} has the hash ${second.hash}, and the server names another.`);
}

/** @param {string} url @param {RequestCache} cache */
async function download(url, cache) {
  const response = await fetch(url, { cache }).catch((error) => {
    throw new EngineFailure('model_missing', `The model ${url} cannot be fetched: ${error.message}`);
  });
  if (!response.ok) throw new EngineFailure('model_missing', `The model ${url} is not there (${response.status}).`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const named = namedHash(response.headers.get('Repr-Digest'));
  const hash = hexadecimal(digest);
  return { bytes, hash, isRight: named === null || named === hash };
}

/**
 * The SHA-256 in a `Repr-Digest` field (RFC 9530), in hexadecimal digits; null when it holds none.
 * @param {string|null} field for example `sha-256=:d435Qo+nKZ+gLcUHn7GQtQ72hiBVAgqoLsZnZPiTGPk=:`
 */
export function namedHash(field) {
  const found = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/=]+):/.exec(field ?? '');
  return found ? hexadecimal(Uint8Array.from(atob(found[1]), (letter) => letter.charCodeAt(0))) : null;
}

/** @param {Uint8Array} bytes */
function hexadecimal(bytes) {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
