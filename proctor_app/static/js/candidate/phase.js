/**
 * What is going on, as the interviewer says: shown to the candidate, with what is not noted meanwhile; and by which policy
 * they are watched now. After a question there is time to think first.
 */

import { element, part, say } from './page.js';
import { describeRelaxed } from './words.js';

/** @typedef {import('../watch/dwell.js').Policy} Policy */
/** @typedef {import('../protocol.js').PhaseNotice & import('../protocol.js').PhaseOrders} PhaseMessage */

/**
 * @param {Object} options
 * @param {Policy} options.policy until the first message
 * @param {(policy: Policy) => void} options.onpolicy another one holds from now on
 */
export function createPhase({ policy, onpolicy }) {
  let current = policy;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let timer;

  /** @param {Policy} next */
  function follow(next) {
    current = next;
    onpolicy(next);
  }

  /** @param {string|null} phase @param {string} more */
  function show(phase, more) {
    const line = element('phase');
    line.hidden = phase === null;
    line.dataset.phase = phase ?? '';
    say(part(line, 'word'), phase ?? '');
    say(part(line, 'more'), more);
  }

  return {
    get policy() {
      return current;
    },
    /** @param {PhaseMessage} message */
    take({ phase, grace_ms: graceMs, policy: usual, grace_policy: grace, relaxed }) {
      clearTimeout(timer);
      follow(grace ?? usual);
      if (grace) {
        timer = setTimeout(() => {
          follow(usual);
          show(phase, describeRelaxed(relaxed, usual));
        }, graceMs);
      }
      show(phase, grace ? 'Take your time: looking away to think is not noted.' : describeRelaxed(relaxed, usual));
    },
    stop: () => clearTimeout(timer),
  };
}
