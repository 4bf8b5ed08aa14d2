/**
 * What a policy says is watched for. Pure; every watcher asks here.
 *
 * A detector's key is its kind, and for a focus loss its reason. One that a policy does not list never opens anything, and
 * what it has open ends at the moment the policy changes.
 *
 * The same moment is a fresh start for whatever has another threshold now: time that passed under the old rule must not add
 * up to an incident under the new one.
 */

/** @typedef {import('./dwell.js').Policy} Policy */

/** @param {Policy} policy @param {string} key @returns {boolean} all are on where the policy does not list them */
export function isOn(policy, key) {
  return policy.detectors?.includes(key) ?? true;
}

/** @param {{kind: string, reason?: string|null}} observation @returns {string} the key of the detector that made it */
export function keyOf({ kind, reason }) {
  return reason ?? kind;
}

/** @param {Policy} before @param {Policy} after @param {string} key @returns {boolean} whether it is judged otherwise from now on */
export function hasChanged(before, after, key) {
  return isOn(before, key) !== isOn(after, key) || before.thresholds[key] !== after.thresholds[key];
}
