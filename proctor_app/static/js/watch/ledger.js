/**
 * In which state the watch is, and for how long it was in each: the source of the page's own coverage.
 *
 *   const ledger = createLedger(now, onchange);    // onchange() after another state or reason
 *   ledger.begin(); ledger.end();                  // time counts in between
 *   ledger.show({state, reason, since});           // what holds from now on
 *   ledger.shown; ledger.coverage();
 */

/** @typedef {{state: import('./monitor.js').WatchState, reason: string|null, since: number}} Shown */

/** @param {() => number} now @param {() => void} onchange */
export function createLedger(now, onchange) {
  /** @type {Shown} */
  let shown = { state: 'starting', reason: null, since: now() };
  /** @type {number|null} */
  let countedAt = null;
  let seenMs = 0;
  /** @type {Record<string, number>} */
  const couldNotTellMs = {};

  /** Credit the time since the last count to the state that was shown. */
  function count() {
    if (countedAt === null) return;
    const at = now();
    const passed = at - countedAt;
    countedAt = at;
    if (shown.state === 'watching') seenMs += passed;
    else {
      const reason = shown.state === 'could_not_tell' ? (shown.reason ?? 'unknown') : shown.state;
      couldNotTellMs[reason] = (couldNotTellMs[reason] ?? 0) + passed;
    }
  }

  return {
    get shown() {
      return shown;
    },
    begin() {
      countedAt = now();
    },
    end() {
      count();
      countedAt = null;
    },
    /** @param {Shown} latest */
    show(latest) {
      count();
      if (latest.state === shown.state && latest.reason === shown.reason) return;
      shown = latest;
      onchange();
    },
    coverage: () => ({ seen_ms: seenMs, could_not_tell: { ...couldNotTellMs } }),
  };
}
