/**
 * How good the call is, from the peer connection's statistics.
 *
 *   const stop = watchQuality(() => call.stats(), ({ word, numbers }) => …);   // every 2 s; word: good | fair | poor | unknown
 *
 * `numbers`: round_trip_ms, loss (0..1, of what we receive), jitter_ms, fps, kilobits_in, width, height; null where unknown.
 */

const EVERY_MS = 2000;

/** @typedef {'good'|'fair'|'poor'|'unknown'} QualityWord */
/**
 * @typedef {Object} QualityNumbers
 * @property {number|null} round_trip_ms
 * @property {number|null} loss
 * @property {number|null} jitter_ms
 * @property {number|null} fps
 * @property {number|null} kilobits_in
 * @property {number|null} width
 * @property {number|null} height
 */
/** @typedef {{at: number, received: number, lost: number, bytes: number}} Totals running sums, to take differences of */

/**
 * @param {() => Promise<RTCStatsReport|null>} getStats
 * @param {(quality: {word: QualityWord, numbers: QualityNumbers|null}) => void} onquality
 * @returns {() => void} stops it
 */
export function watchQuality(getStats, onquality) {
  /** @type {Totals|null} */
  let before = null;
  const timer = setInterval(async () => {
    const report = await getStats().catch(() => null);
    if (!report) {
      before = null;
      return onquality({ word: 'unknown', numbers: null });
    }
    const { numbers, totals } = readStats(report, before);
    before = totals;
    onquality({ word: judge(numbers), numbers });
  }, EVERY_MS);
  return () => clearInterval(timer);
}

/**
 * The numbers of one moment, from a report and the sums of the report before.
 * @param {Iterable<[string, any]>} report
 * @param {Totals|null} before
 * @returns {{numbers: QualityNumbers, totals: Totals}}
 */
export function readStats(report, before) {
  const all = Array.from(report, ([, stat]) => stat);
  const inbound = all.filter((stat) => stat.type === 'inbound-rtp');
  const video = inbound.find((stat) => stat.kind === 'video');
  const pair = all.find((stat) => stat.type === 'candidate-pair' && stat.nominated && stat.state === 'succeeded');
  const totals = {
    at: inbound[0]?.timestamp ?? 0,
    received: sum(inbound, 'packetsReceived'),
    lost: sum(inbound, 'packetsLost'),
    bytes: sum(inbound, 'bytesReceived'),
  };
  const seconds = before ? (totals.at - before.at) / 1000 : 0;
  const lost = before ? Math.max(0, totals.lost - before.lost) : 0;
  const received = before ? Math.max(0, totals.received - before.received) : 0;
  const numbers = {
    round_trip_ms: milliseconds(pair?.currentRoundTripTime),
    loss: received + lost > 0 ? lost / (received + lost) : null,
    jitter_ms: milliseconds(Math.max(...inbound.map((stat) => stat.jitter ?? 0), 0)),
    fps: video?.framesPerSecond ?? null,
    kilobits_in: before && seconds > 0 ? Math.round(((totals.bytes - before.bytes) * 8) / 1000 / seconds) : null,
    width: video?.frameWidth ?? null,
    height: video?.frameHeight ?? null,
  };
  return { numbers, totals };
}

/**
 * One word for people. The limits are where speech and lips begin to suffer (ITU-T G.114: 150 ms one way).
 * @param {QualityNumbers} numbers
 * @returns {QualityWord}
 */
export function judge({ round_trip_ms: roundTrip, loss, jitter_ms: jitter }) {
  if (roundTrip === null && loss === null) return 'unknown';
  const [trip, lost, shaking] = [roundTrip ?? 0, loss ?? 0, jitter ?? 0];
  if (trip > 600 || lost > 0.08 || shaking > 100) return 'poor';
  if (trip > 300 || lost > 0.02 || shaking > 40) return 'fair';
  return 'good';
}

/** @param {any[]} stats @param {string} field */
const sum = (stats, field) => stats.reduce((total, stat) => total + (stat[field] ?? 0), 0);

/** @param {number|undefined} seconds */
const milliseconds = (seconds) => (seconds === undefined ? null : Math.round(seconds * 1000));
