/** Check: can the server be reached, and a way for picture and sound be found? */

const GATHER_MS = 5000;
const SLOW_MS = 1500;
const TRIES = 3;

/** @typedef {import('./browser.js').CheckResult} CheckResult */
/** @typedef {(transport: 'websocket'|'polling') => Promise<{transport: string, milliseconds: number}>} ReachServer */

/**
 * @param {Object} network
 * @param {ReachServer} network.reachServer
 * @param {RTCIceServer[]} network.iceServers
 * @returns {Promise<CheckResult>}
 */
export async function checkNetwork({ reachServer, iceServers }) {
  const [reached, ways] = await Promise.all([reach(reachServer), waysOut(iceServers)]);
  if (!reached) {
    return {
      state: 'attention',
      blocking: true,
      message: 'The interview server cannot be reached.',
      fix: 'Check your internet connection, switch off a VPN if you use one, then press “Try again”.',
    };
  }
  if (!ways.has('srflx') && !ways.has('relay') && iceServers.length > 0) {
    return {
      state: 'attention',
      message: 'Your network may keep picture and sound from getting through.',
      fix: 'You can try to join. If the call does not start, use another network, for example your phone’s.',
    };
  }
  if (reached.transport !== 'websocket') {
    return {
      state: 'attention',
      message: 'Your network lets only a slow kind of connection through.',
      fix: 'You can join. If the call is not stable, switch off a VPN or use another network.',
    };
  }
  if (reached.milliseconds > SLOW_MS) {
    return {
      state: 'attention',
      message: `The connection is slow: the server took ${(reached.milliseconds / 1000).toFixed(1)} s to answer.`,
      fix: 'Move closer to the router or use a cable, and stop other downloads and videos.',
    };
  }
  return { state: 'ready', message: 'The interview server can be reached.' };
}

/**
 * The best of a few tries: one alone may have been held up by this page while it opened the camera.
 * @param {ReachServer} reachServer
 */
async function reach(reachServer) {
  let best = null;
  for (let tries = 0; tries < TRIES && (best?.milliseconds ?? Infinity) > SLOW_MS; tries += 1) {
    const reached = await reachServer('websocket').catch(() => null);
    if (reached && reached.milliseconds < (best?.milliseconds ?? Infinity)) best = reached;
  }
  return best ?? reachServer('polling').catch(() => null);
}

/**
 * The kinds of ICE candidates that this network gives: host, srflx (STUN answered), relay (TURN answered).
 * @param {RTCIceServer[]} iceServers
 * @returns {Promise<Set<string>>}
 */
async function waysOut(iceServers) {
  const found = new Set();
  if (!('RTCPeerConnection' in globalThis)) return found;
  const pc = new RTCPeerConnection({ iceServers });
  try {
    pc.createDataChannel('check');
    await new Promise((resolve) => {
      const late = setTimeout(resolve, GATHER_MS);
      pc.onicecandidate = ({ candidate }) => {
        if (candidate?.type) found.add(candidate.type);
        const enough = found.has('relay') || (found.has('srflx') && !offersRelay(iceServers));
        if (!candidate || enough) {
          clearTimeout(late);
          resolve(null);
        }
      };
      pc.setLocalDescription().catch(resolve);
    });
  } finally {
    pc.close();
  }
  return found;
}

/** @param {RTCIceServer[]} iceServers */
const offersRelay = (iceServers) => iceServers.some((server) => [server.urls].flat().some((url) => /^turns?:/.test(url)));
