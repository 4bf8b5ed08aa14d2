/** Check: does the microphone work, and does it hear anything? */

// Above the hiss of a silent room: -54 dB.
const HEARD = 0.1;
const SILENT_FOR_MS = 10_000;

/** @typedef {import('./browser.js').CheckResult} CheckResult */

/**
 * Goes on as long as the check page is open: speaking makes it ready at any time.
 * @param {Object} microphone
 * @param {MediaStreamTrack|null} microphone.track
 * @param {{message: string, fix: string}|null} microphone.problem why there is no track
 * @param {(track: MediaStreamTrack, onlevel: (level: number) => void) => () => void} microphone.watchLevel
 * @param {(level: number) => void} microphone.onlevel 0..1, for a meter
 * @param {(result: CheckResult) => void} microphone.onresult
 * @returns {() => void} stops it
 */
export function checkMicrophone({ track, problem, watchLevel, onlevel, onresult }) {
  onlevel(0);
  if (!track) {
    onresult({
      state: 'attention',
      message: problem?.message ?? 'There is no microphone.',
      fix: problem?.fix ?? 'Connect one, then press “Try again”.',
    });
    return () => {};
  }
  let heard = false;
  onresult({ state: 'ready', message: 'Say a few words: the bar should move.' });
  const silence = setTimeout(() => {
    onresult({
      state: 'attention',
      message: 'Nothing has been heard yet.',
      fix: 'Say a few words. If the bar does not move, unmute the microphone (some have a switch or a key) or choose another from the list.',
    });
  }, SILENT_FOR_MS);
  const stop = watchLevel(track, (level) => {
    onlevel(level);
    if (heard || level < HEARD) return;
    heard = true;
    clearTimeout(silence);
    onresult({ state: 'ready', message: 'You are heard.' });
  });
  return () => {
    clearTimeout(silence);
    stop();
  };
}
