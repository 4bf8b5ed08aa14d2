/**
 * Two faces and their two bodies are one cause: one `multiple_faces`, whoever saw it first.
 *
 *   const several = joinSeveral(tell);
 *   createMonitor({ onObservation: several('face') });  createObjectWatch({ onObservation: several('body') });
 *
 * What the second one to see it opens, while it is open, is not told; it ends when both have ended it. Any other observation
 * passes through.
 */

/** @typedef {import('../dwell.js').Observation} Observation */

/**
 * @param {(observation: Observation) => void} tell
 * @returns {(source: string) => (observation: Observation) => void}
 */
export function joinSeveral(tell) {
  /** @type {Observation|null} */
  let told = null;
  let endedAt = 0;
  /** @type {Map<string, Observation>} by source, what it has open */
  const open = new Map();

  /** @param {string} source @param {Observation} observation */
  function take(source, observation) {
    if (observation.ended_at === null) {
      open.set(source, observation);
      if (told) return;
      told = observation;
      return tell(observation);
    }
    open.delete(source);
    if (!told) return tell(observation);
    const detail = observation.id === told.id ? observation.detail : { ...observation.detail, ...told.detail };
    const confidence = Math.max(told.confidence, observation.confidence);
    endedAt = Math.max(endedAt, observation.ended_at);
    told = { ...told, detail, confidence };
    if (open.size > 0) return;
    tell({ ...told, ended_at: Math.max(told.started_at, endedAt) });
    [told, endedAt] = [null, 0];
  }

  return (source) => (observation) => {
    if (observation.kind === 'multiple_faces') take(source, observation);
    else tell(observation);
  };
}
