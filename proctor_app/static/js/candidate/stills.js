/**
 * One still for each incident that the camera saw, taken when it opened, where the policy has stills. The incident's entry
 * in the candidate's own list shows exactly the picture that was kept.
 */

import { isPictured } from '../watch/stills.js';

/** @typedef {import('../watch/dwell.js').Policy} Policy */
/** @typedef {import('../watch/dwell.js').Observation} Observation */

/**
 * @param {Object} options
 * @param {() => Policy} options.policy by which the candidate is watched now
 * @param {(style: 'still'|'line_art', kind: string) => Promise<ArrayBuffer|null>} options.take
 * @param {(still: import('../evidence-outbox.js').Still) => Promise<void>} options.keep
 * @param {(observation: string, jpeg: ArrayBuffer) => void} options.show
 * @param {() => number} options.now
 */
export function createStills({ policy, take, keep, show, now }) {
  /** @type {Set<string>} observations that have theirs, or had their chance */
  const seen = new Set();

  return {
    /**
     * @param {Observation} observation just told
     * @param {Promise<void>} stored resolves once it is kept for delivery: without it a still belongs to nothing
     */
    async observed(observation, stored) {
      const { id } = observation;
      if (seen.has(id)) return;
      seen.add(id);
      const style = policy().evidence ?? 'off';
      if (style === 'off' || observation.ended_at !== null || !isPictured(observation)) return;
      const at = Math.round(now());
      // Asked for before anything else is waited for: the frame that was read last is the one in which it opened.
      const [jpeg] = await Promise.all([take(style, observation.kind), stored]);
      if (!jpeg) return;
      await keep({ observation: id, at, jpeg });
      show(id, jpeg);
    },
  };
}
