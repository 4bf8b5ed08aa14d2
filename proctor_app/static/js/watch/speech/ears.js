/**
 * The page's side of listening: the audio graph that takes sound to the voice worker, and a worker that is started again
 * when it dies. Sound itself passes the page by.
 *
 *   const ears = createEars({ now, onheard(heard) {}, onstate(state, code) {} });    // 'starting' | 'ready' | 'failed'
 *   ears.open();
 *   ears.hear('microphone', track);      // or null: not any more. Before the worker is ready, too
 *   ears.hear('remote', track);
 *   ears.isRunning;                      // whether the browser lets sound through (it may want a click first)
 *   ears.close();
 */

/** @typedef {import('./worker.js').Source} Source */
/** @typedef {import('./worker.js').Answer} Answer */
/** @typedef {{at: number, source: Source, voice: number, level: number}} Sound what was heard up to `at` */
/** @typedef {'starting'|'ready'|'failed'} EarState */
/** @typedef {ReturnType<typeof createEars>} Ears */

const ENGINE = '/vendor/onnxruntime-web/ort-wasm-simd-threaded.wasm';
const MODEL = '/vendor/silero-vad/silero_vad_v6.onnx';
// Silero VAD v6 as @ricky0123/vad-web 0.0.31 carries it (MIT). Another file is not used.
export const MODEL_SHA256 = '1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3';

const TRIES = 3;
const BACKOFF_MS = 2000;
const NOW_AND_THEN_MS = 60_000;
const INCURABLE = new Set(['no_wasm', 'wrong_model', 'no_audio_worklet']);

/**
 * @param {Object} options
 * @param {() => number} options.now
 * @param {(sound: Sound) => void} options.onheard
 * @param {(state: EarState, code: string|null) => void} options.onstate
 */
export function createEars({ now, onheard, onstate }) {
  /** @type {Worker|null} */
  let worker = null;
  /** @type {AudioContext|null} */
  let context = null;
  let isReady = false;
  let failures = 0;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let timer;
  /** @type {Map<Source, MediaStreamTrack>} */
  const wanted = new Map();
  /** @type {Map<Source, () => void>} */
  const unplug = new Map();

  function open() {
    if (worker || context) return;
    failures = 0;
    void launch();
  }

  async function launch() {
    onstate('starting', null);
    let own;
    try {
      own = context = new AudioContext({ latencyHint: 'balanced' });
      if (!own.audioWorklet) return fail('no_audio_worklet');
      await own.audioWorklet.addModule(new URL('./capture-worklet.js', import.meta.url));
    } catch {
      return own === context && fail('no_audio_worklet');
    }
    // It was closed while the module loaded.
    if (own !== context) return;
    worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module', name: 'proctor-speech' });
    worker.onmessage = (/** @type {MessageEvent<Answer>} */ { data }) => heard(data);
    worker.onerror = (event) => {
      event.preventDefault();
      fail('worker_died');
    };
    worker.postMessage({ type: 'open', engine: ENGINE, model: MODEL, sha256: MODEL_SHA256 });
  }

  /** @param {Answer} answer */
  function heard(answer) {
    if (answer.type === 'heard') {
      failures = 0;
      return onheard({ at: now() - answer.ago, source: answer.source, voice: answer.voice, level: answer.level });
    }
    if (answer.type === 'failed') return fail(answer.code);
    if (answer.type !== 'ready') return;
    isReady = true;
    onstate('ready', null);
    for (const source of wanted.keys()) plug(source);
  }

  /** @param {string} code */
  function fail(code) {
    end();
    failures += 1;
    const isFailed = failures >= TRIES || INCURABLE.has(code);
    onstate(isFailed ? 'failed' : 'starting', code);
    if (INCURABLE.has(code)) return;
    timer = setTimeout(() => void launch(), isFailed ? NOW_AND_THEN_MS : BACKOFF_MS * failures);
  }

  /** @param {Source} source @param {MediaStreamTrack|null} track */
  function hear(source, track) {
    if (wanted.get(source) === (track ?? undefined)) return;
    if (track) wanted.set(source, track);
    else wanted.delete(source);
    pull(source);
    if (track) plug(source);
  }

  /** @param {Source} source */
  function plug(source) {
    const track = wanted.get(source);
    if (!context || !worker || !isReady || !track) return;
    const input = context.createMediaStreamSource(new MediaStream([track]));
    const mono = /** @type {const} */ ({ channelCount: 1, channelCountMode: 'explicit' });
    const capture = new AudioWorkletNode(context, 'proctor-capture', { numberOfInputs: 1, numberOfOutputs: 1, ...mono });
    const { port1, port2 } = new MessageChannel();
    capture.port.postMessage({ port: port1 }, [port1]);
    worker.postMessage({ type: 'hear', source, port: port2, rate: context.sampleRate }, [port2]);
    // A node that leads nowhere may not be run; this one's output is silence.
    input.connect(capture).connect(context.destination);
    unplug.set(source, () => {
      capture.port.postMessage({ over: true });
      capture.port.close();
      input.disconnect();
      capture.disconnect();
      worker?.postMessage({ type: 'forget', source });
    });
    wake();
  }

  /** @param {Source} source */
  function pull(source) {
    unplug.get(source)?.();
    unplug.delete(source);
  }

  /** Browsers may hold sound back until the page is used. */
  function wake() {
    if (context?.state === 'suspended') context.resume().catch(() => {});
  }

  function end() {
    clearTimeout(timer);
    isReady = false;
    for (const source of [...unplug.keys()]) pull(source);
    worker?.terminate();
    worker = null;
    context?.close().catch(() => {});
    context = null;
  }

  return {
    open,
    hear,
    wake,
    get isRunning() {
      return context?.state === 'running';
    },
    close() {
      wanted.clear();
      end();
    },
  };
}
