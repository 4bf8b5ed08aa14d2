/** What was noticed, in words for the person it is about: what was seen, never what it might mean. */

const DIRECTIONS = /** @type {Record<string, string>} */ ({
  left: 'to the left',
  right: 'to the right',
  up: 'up',
  down: 'down',
});
const NUMBERS = ['No', 'One', 'Two', 'Three', 'Four'];
const KINDS = /** @type {Record<string, string>} */ ({
  absence: 'No one in view',
  camera_blocked: 'Camera covered',
  camera_frozen: 'Camera picture stood still',
  camera_changed: 'Camera changed',
  phone_visible: 'Phone in view',
  book_visible: 'Book in view',
  second_voice: 'Speech, lips still',
  extra_display: 'More than one display',
  fullscreen_exit: 'Full screen left',
  clipboard_paste: 'Text pasted',
  devtools_open: 'Developer tools open',
  monitoring_gap: 'No word from the monitoring on this page',
  monitor_mismatch: 'The picture and this page’s monitoring disagree',
});
/** What a phase relaxes that a candidate would think of, as in “Not noted now: looking away”. */
const RELAXED = /** @type {Record<string, string>} */ ({
  looking_away: 'looking away',
  face_not_visible: 'a face that is not visible',
  window_blur: 'other windows in front',
  absence: 'leaving your seat',
  multiple_faces: 'others in view',
  phone_visible: 'a phone in view',
  book_visible: 'a book in view',
  second_voice: 'another voice',
  fullscreen_exit: 'leaving full screen',
  clipboard_paste: 'pasting text',
});
const STATES = /** @type {Record<string, string>} */ ({
  starting: 'starting',
  watching: 'on',
  could_not_tell: 'on',
  paused: 'paused',
  failed: 'not running',
});
/** Why the monitor cannot see, as in “monitoring on, cannot see: too dark”. */
const REASONS = /** @type {Record<string, string>} */ ({
  starting: 'getting ready',
  too_dark: 'too dark',
  blurred: 'picture blurred',
  covered: 'camera covered',
  face_cut_off: 'face cut off by the edge',
  page_hidden: 'page hidden',
  track_muted: 'no picture',
  no_frames: 'no picture',
  track_ended: 'camera off',
  camera_off: 'camera off',
  worker_behind: 'computer busy',
  worker_dead: 'restarting',
  network_gap: 'connection lost',
});

/**
 * @param {{kind: string, reason?: string|null, detail?: Record<string, any>}} observation
 * @returns {string} for example “Looking to the right”
 */
export function describe({ kind, reason, detail = {} }) {
  if (reason === 'face_not_visible') return 'Face not visible';
  if (reason === 'window_blur') return 'This page was not in front';
  if (reason === 'looking_away') return `Looking ${DIRECTIONS[detail.direction] ?? 'away'}`;
  if (kind === 'multiple_faces') {
    const faces = Number(detail.faces);
    if (detail.faces === undefined && detail.people > 1) return `${NUMBERS[detail.people] ?? detail.people} people in view`;
    return faces > 1 ? `${NUMBERS[faces] ?? faces} faces` : 'Several faces';
  }
  if (kind === 'camera_frozen' && detail.picture === 'repeats') return 'Camera picture repeats itself';
  if (kind === 'camera_changed' && detail.virtual) return `Camera named like a virtual one (${detail.virtual}): a hint, no more`;
  if (kind === 'camera_changed' && detail.what === 'resolution') return 'Camera picture has another size';
  if (kind === 'clipboard_paste' && detail.characters) return `Text pasted (characters: ${detail.characters})`;
  return KINDS[kind] ?? kind.replaceAll('_', ' ');
}

/** @param {number} milliseconds @returns {string} “6 s”, “1 min 20 s” */
export function duration(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const minutes = Math.floor(seconds / 60);
  if (minutes === 0) return `${seconds} s`;
  return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
}

/**
 * How the monitoring goes.
 * @param {string} state as in heartbeats
 * @param {string|null} [reason]
 * @returns {string} for example “on, cannot see: too dark”
 */
export function describeState(state, reason) {
  const word = STATES[state] ?? state;
  if (state !== 'could_not_tell' || !reason) return word;
  return `${word}, cannot see: ${REASONS[reason] ?? reason.replaceAll('_', ' ')}`;
}

/**
 * What is not noted in this phase.
 * @param {string[]} relaxed keys of detectors
 * @param {import('../watch/dwell.js').Policy} policy what is watched for now
 * @returns {string} empty when nothing is relaxed
 */
export function describeRelaxed(relaxed, policy) {
  if (relaxed.length > 0 && policy.detectors?.length === 0) return 'Nothing is noted.';
  const words = relaxed.map((key) => RELAXED[key]).filter(Boolean);
  return words.length > 0 ? `Not noted now: ${words.join(', ')}.` : '';
}

/**
 * What the candidate should know about the delivery of what was noticed; empty when all is well.
 * @param {{pending: number, rejected: number, lost: number, is_durable: boolean}} state
 * @returns {string}
 */
export function describeDelivery({ pending, rejected, lost, is_durable: isDurable }) {
  const sentences = [];
  if (pending > 0) sentences.push(`${counted(pending)} not handed over yet; sent as soon as the connection allows.`);
  if (pending > 0 && !isDurable) sentences.push('This browser keeps nothing when the page is closed, so please leave it open.');
  if (rejected > 0) sentences.push(`${counted(rejected)} not taken by the server. Please tell the interviewer.`);
  if (lost > 0) sentences.push(`${counted(lost)} lost, because this browser could not keep what it stored.`);
  return sentences.join(' ');
}

/** @param {number} entries */
const counted = (entries) => (entries === 1 ? 'One entry was' : `${entries} entries were`);
