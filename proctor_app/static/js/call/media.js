/**
 * Camera and microphone: opening, choosing, switching off, and the plain words for what goes wrong.
 *
 *   const media = createMedia({ onchange });        // onchange(media) after anything below changed
 *   await media.open({ camera: id, microphone: id });   // ids may be missing; one device failing leaves the other
 *   media.track('video')  media.stream              // tracks are exchanged, the stream object stays the same
 *   media.problem('video')                          // null or { code, message, fix }
 *   media.setEnabled('audio', false)                // mute: the track stays, silence is sent
 *   await media.choose('video', deviceId)
 *   await media.devices()                           // { cameras, microphones }
 *   media.close();
 *
 *   const stop = watchLevel(track, (level) => …);   // 0..1, about ten times a second
 */

const CAMERA = Object.freeze({ width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30, max: 30 } });
const MICROPHONE = Object.freeze({ echoCancellation: true, noiseSuppression: true, autoGainControl: true });
const LEVEL_EVERY_MS = 100;

/** @typedef {'audio'|'video'} TrackKind */
/** @typedef {{code: string, message: string, fix: string}} Problem */
/** @typedef {ReturnType<typeof createMedia>} Media */

/** @param {{onchange?: () => void}} [options] */
export function createMedia({ onchange = () => {} } = {}) {
  const stream = new MediaStream();
  /** @type {Record<TrackKind, Problem|null>} */
  const problems = { audio: null, video: null };
  /** @type {Record<TrackKind, string|undefined>} */
  const chosen = { audio: undefined, video: undefined };
  /** @type {Record<TrackKind, boolean>} */
  const enabled = { audio: true, video: true };

  /** @param {TrackKind} kind */
  const track = (kind) => stream.getTracks().find((one) => one.kind === kind) ?? null;

  /**
   * Ask for both at once, so that there is one question to answer; then for each alone, so that one can work without the other.
   * @param {{camera?: string, microphone?: string}} [ids]
   */
  async function open({ camera, microphone } = {}) {
    chosen.video = camera || chosen.video;
    chosen.audio = microphone || chosen.audio;
    if (!navigator.mediaDevices?.getUserMedia) {
      problems.audio = describeProblem('insecure', 'audio');
      problems.video = describeProblem('insecure', 'video');
      return onchange();
    }
    try {
      adopt(await ask({ audio: constraints('audio'), video: constraints('video') }));
    } catch {
      await openOne('video');
      await openOne('audio');
    }
    onchange();
  }

  /** @param {TrackKind} kind */
  async function openOne(kind) {
    try {
      adopt(await ask({ [kind]: constraints(kind) }));
    } catch (error) {
      const { name } = /** @type {DOMException} */ (error);
      if (chosen[kind] && (name === 'OverconstrainedError' || name === 'NotFoundError')) {
        // The device chosen last time is not there any more: any other will do.
        chosen[kind] = undefined;
        return openOne(kind);
      }
      problems[kind] = describeProblem(name, kind);
    }
  }

  /** @param {TrackKind} kind @returns {MediaTrackConstraints} */
  function constraints(kind) {
    const device = chosen[kind] ? { deviceId: { exact: chosen[kind] } } : {};
    return { ...(kind === 'video' ? CAMERA : MICROPHONE), ...device };
  }

  /** @param {MediaStreamConstraints} wanted */
  const ask = (wanted) => navigator.mediaDevices.getUserMedia(wanted);

  /** @param {MediaStream} opened */
  function adopt(opened) {
    for (const fresh of opened.getTracks()) {
      const kind = /** @type {TrackKind} */ (fresh.kind);
      drop(kind);
      fresh.enabled = enabled[kind];
      fresh.onended = () => trackEnded(kind, fresh);
      fresh.onmute = fresh.onunmute = () => onchange();
      stream.addTrack(fresh);
      problems[kind] = null;
    }
  }

  /** @param {TrackKind} kind */
  function drop(kind) {
    const old = track(kind);
    if (!old) return;
    old.onended = old.onmute = old.onunmute = null;
    stream.removeTrack(old);
    old.stop();
  }

  /** @param {TrackKind} kind @param {MediaStreamTrack} gone */
  function trackEnded(kind, gone) {
    stream.removeTrack(gone);
    problems[kind] = describeProblem('ended', kind);
    onchange();
  }

  /** @param {TrackKind} kind @param {string} deviceId */
  async function choose(kind, deviceId) {
    chosen[kind] = deviceId;
    // Some systems open a device once only: let go of the old one first.
    drop(kind);
    await openOne(kind);
    onchange();
  }

  /** @param {TrackKind} kind @param {boolean} on */
  function setEnabled(kind, on) {
    enabled[kind] = on;
    const current = track(kind);
    if (current) current.enabled = on;
    onchange();
  }

  /** Devices by name; names are empty until permission was given once. */
  async function devices() {
    const all = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
    /** @param {MediaDeviceKind} kind */
    const of = (kind) => all.filter((device) => device.kind === kind && device.deviceId);
    return { cameras: of('videoinput'), microphones: of('audioinput') };
  }

  const devicesChanged = () => onchange();
  navigator.mediaDevices?.addEventListener?.('devicechange', devicesChanged);

  return {
    stream,
    track,
    open,
    choose,
    setEnabled,
    devices,
    /** @param {TrackKind} kind */
    problem: (kind) => problems[kind],
    /** @param {TrackKind} kind whether it is there, switched on and giving something */
    isOn: (kind) => enabled[kind] && track(kind)?.readyState === 'live',
    /** @param {TrackKind} kind the id of the device in use, for a select */
    deviceId: (kind) => track(kind)?.getSettings().deviceId ?? '',
    close() {
      navigator.mediaDevices?.removeEventListener?.('devicechange', devicesChanged);
      drop('audio');
      drop('video');
    },
  };
}

const NAMES = { audio: 'microphone', video: 'camera' };

/**
 * What went wrong and what to do, in plain words.
 * @param {string} code a DOMException's name from getUserMedia, or 'insecure' or 'ended'
 * @param {TrackKind} kind
 * @returns {Problem}
 */
export function describeProblem(code, kind) {
  const device = NAMES[kind];
  const [message, fix] = problemWords(code, device);
  return { code, message, fix };
}

/** @param {string} code @param {string} device @returns {[string, string]} */
function problemWords(code, device) {
  switch (code) {
    case 'NotAllowedError':
    case 'SecurityError':
    case 'PermissionDeniedError':
      return [
        `The browser does not let this page use the ${device}.`,
        `Click the symbol beside the address at the top of the window, set ${device} to “Allow”, then press “Try again”. ` +
          `If it is allowed there, look at the privacy settings of your computer: the browser itself may not be allowed.`,
      ];
    case 'NotFoundError':
    case 'DevicesNotFoundError':
      return [`No ${device} was found.`, `Connect one or switch it on, then press “Try again”.`];
    case 'NotReadableError':
    case 'TrackStartError':
    case 'AbortError':
      return [
        `The ${device} does not start.`,
        `Another program may be using it: close other video calls and programs that use the ${device}, then press “Try again”.`,
      ];
    case 'OverconstrainedError':
      return [`This ${device} cannot do what is needed.`, `Choose another ${device} from the list.`];
    case 'insecure':
      return [
        `This page was opened without HTTPS, and browsers give the ${device} to secure pages only.`,
        'Ask the interviewer for a link that begins with “https://”.',
      ];
    case 'ended':
      return [`The ${device} has stopped.`, `Check that it is connected and allowed, then press “Try again”.`];
    default:
      return [`The ${device} could not be started (${code || 'unknown reason'}).`, 'Press “Try again”, or reload the page.'];
  }
}

/**
 * How loud it is, for a meter.
 * @param {MediaStreamTrack} track
 * @param {(level: number) => void} onlevel 0 (silence) to 1 (very loud)
 * @returns {() => void} stops it
 */
export function watchLevel(track, onlevel) {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    if (context.state === 'suspended') context.resume().catch(() => {});
    analyser.getFloatTimeDomainData(samples);
    onlevel(levelOf(samples));
  }, LEVEL_EVERY_MS);
  return () => {
    clearInterval(timer);
    context.close().catch(() => {});
  };
}

/**
 * Loudness of samples between -1 and 1: -60 dB and less is 0, 0 dB is 1, as ears count it.
 * @param {Float32Array} samples
 */
export function levelOf(samples) {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const decibels = 10 * Math.log10(sum / samples.length || 1e-12);
  return Math.min(1, Math.max(0, 1 + decibels / 60));
}
