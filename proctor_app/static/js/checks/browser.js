/**
 * Check: can this browser hold the call and run the monitoring?
 * @typedef {{state: 'checking'|'ready'|'attention', message: string, fix?: string, blocking?: boolean}} CheckResult
 *   `blocking`: without this there can be no call at all
 */

// The smallest module with a 128-bit vector instruction: valid only where WebAssembly SIMD is.
const SIMD_MODULE = Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
);

/** @returns {CheckResult} */
export function checkBrowser() {
  if (!('RTCPeerConnection' in globalThis) || !globalThis.WebSocket) {
    return {
      state: 'attention',
      blocking: true,
      message: 'This browser cannot hold video calls.',
      fix: 'Open the link in a current Chrome, Edge, Firefox or Safari.',
    };
  }
  const missing = missingForMonitoring();
  if (missing.length === 0) return { state: 'ready', message: 'This browser has all that is needed.' };
  return {
    state: 'attention',
    message: `The call works, but monitoring will not run here: this browser has no ${missing.join(', no ')}.`,
    fix: 'A current Chrome, Edge, Firefox or Safari with hardware acceleration switched on runs it. If you go on like this, the interviewer sees that monitoring does not run.',
  };
}

/** @returns {string[]} in words */
function missingForMonitoring() {
  const missing = [];
  if (!globalThis.WebAssembly?.validate?.(SIMD_MODULE)) missing.push('WebAssembly with SIMD');
  if (!hasWebGl()) missing.push('WebGL');
  if (!hasModuleWorkers()) missing.push('module workers');
  if (!globalThis.indexedDB) missing.push('storage (IndexedDB)');
  return missing;
}

function hasWebGl() {
  // In a worker, as the monitor needs it, drawing goes to an OffscreenCanvas.
  if (!globalThis.OffscreenCanvas) return false;
  try {
    const context = new OffscreenCanvas(1, 1).getContext('webgl2');
    context?.getExtension('WEBGL_lose_context')?.loseContext();
    return Boolean(context);
  } catch {
    return false;
  }
}

/** A browser that knows module workers reads `type` while it makes one. */
function hasModuleWorkers() {
  let asked = false;
  const options = {
    get type() {
      asked = true;
      return /** @type {WorkerType} */ ('module');
    },
  };
  try {
    new Worker(new URL('../protocol.js', import.meta.url), options).terminate();
  } catch {
    return false;
  }
  return asked;
}
