/**
 * The voice worker: sound in, the probability of speech out. A module worker with the model in it; sound comes straight
 * from the audio thread, is forgotten as soon as it was heard, and never leaves this file.
 *
 *   in   {type: 'open', engine: url, model: url, sha256}                once
 *        {type: 'hear', source: 'microphone'|'remote', port, rate}      a new stream of samples of this source
 *        {type: 'forget', source}
 *   out  {type: 'ready'} or {type: 'failed', code, message}             the answer to 'open'; 'failed' also later
 *        {type: 'heard', source, voice, level, ago}                     about ten times a second for each source:
 *             voice: probability of speech, 0 to 1; level: dB below the loudest possible; ago: ms since it was captured
 *        {type: 'behind', source}                                       this computer is too slow: some sound went unheard
 */

import * as ort from '/vendor/onnxruntime-web/ort.wasm.bundle.min.mjs';
import { createResampler } from './resample.js';
import { openModel, RATE, WINDOW } from './silero.js';

/** @typedef {'microphone'|'remote'} Source */
/** @typedef {'no_wasm'|'model_missing'|'wrong_model'|'engine_failed'} FailureCode */
/** @typedef {{type: 'open', engine: string, model: string, sha256: string}} OpenMessage */
/** @typedef {OpenMessage | {type: 'hear', source: Source, port: MessagePort, rate: number} | {type: 'forget', source: Source}} Message */
/** @typedef {{type: 'heard', source: Source, voice: number, level: number, ago: number}} Heard */
/**
 * @typedef {Heard | {type: 'ready'} | {type: 'behind', source: Source} | {type: 'failed', code: FailureCode, message: string}} Answer
 */
/**
 * @typedef {Object} Stream
 * @property {MessagePort} port
 * @property {(chunk: Float32Array) => Float32Array} resample
 * @property {import('./silero.js').Ear} ear
 * @property {{sound: Float32Array, at: number}[]} waiting
 * @property {Float32Array} rest too little for a window
 * @property {{voice: number, power: number, windows: number}} sum
 */

// Three windows, 96 ms: finer than anybody's syllables need.
const WINDOWS_TOLD = 3;
const LONGEST_QUEUE = 2000 / ((1000 * WINDOW) / RATE);

/** @type {import('./silero.js').VoiceModel|null} */
let model = null;
/** @type {Map<Source, Stream>} */
const streams = new Map();
let isHearing = false;

/** An error with a code that the page can act on. */
class Failure extends Error {
  /** @param {FailureCode} code @param {string} message */
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

self.onmessage = async (/** @type {MessageEvent<Message>} */ { data }) => {
  try {
    if (data.type === 'open') await open(data);
    else if (data.type === 'hear') hear(data);
    else forget(data.source);
  } catch (error) {
    fail(error);
  }
};

/** @param {Answer} message */
function answer(message) {
  self.postMessage(message);
}

/** @param {unknown} error */
function fail(error) {
  const message = error instanceof Error ? error.message : String(error);
  answer({ type: 'failed', code: error instanceof Failure ? error.code : 'engine_failed', message });
}

/** @param {OpenMessage} message */
async function open({ engine, model: url, sha256 }) {
  if (typeof WebAssembly !== 'object') throw new Failure('no_wasm', 'This browser has no WebAssembly.');
  // Threads need headers that this site does not send, and a window is heard in half a millisecond without.
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = { wasm: engine };
  ort.env.logLevel = 'error';
  const response = await fetch(url);
  if (!response.ok) throw new Failure('model_missing', `The voice model is not there (${response.status}).`);
  const bytes = await response.arrayBuffer();
  if ((await hashOf(bytes)) !== sha256) throw new Failure('wrong_model', 'The voice model is not the known one.');
  model = await openModel(ort, new Uint8Array(bytes));
  // The first window costs many times what the others do: let it be silence.
  await model.listen()(new Float32Array(WINDOW));
  answer({ type: 'ready' });
}

/** @param {ArrayBuffer} bytes */
async function hashOf(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** @param {{source: Source, port: MessagePort, rate: number}} message */
function hear({ source, port, rate }) {
  if (!model) throw new Failure('engine_failed', 'Sound came before the model was ready.');
  forget(source);
  /** @type {Stream} */
  const stream = {
    port,
    resample: createResampler(rate, RATE),
    ear: model.listen(),
    waiting: [],
    rest: new Float32Array(0),
    sum: { voice: 0, power: 0, windows: 0 },
  };
  streams.set(source, stream);
  port.onmessage = (/** @type {MessageEvent<Float32Array>} */ { data }) => {
    cut(stream, stream.resample(data));
    if (stream.waiting.length > LONGEST_QUEUE) {
      stream.waiting = [];
      answer({ type: 'behind', source });
    }
    void listen();
  };
}

/** @param {Source} source */
function forget(source) {
  streams.get(source)?.port.close();
  streams.delete(source);
}

/** Cut sound into the windows that the model takes. @param {Stream} stream @param {Float32Array} sound */
function cut(stream, sound) {
  const at = performance.now();
  const all = new Float32Array(stream.rest.length + sound.length);
  all.set(stream.rest);
  all.set(sound, stream.rest.length);
  let from = 0;
  for (; from + WINDOW <= all.length; from += WINDOW) stream.waiting.push({ sound: all.slice(from, from + WINDOW), at });
  stream.rest = all.slice(from);
}

/** Hear what waits, one window after the other. */
async function listen() {
  if (isHearing) return;
  isHearing = true;
  try {
    for (let heard = true; heard; ) {
      heard = false;
      for (const [source, stream] of streams) heard = (await hearOne(source, stream)) || heard;
    }
  } catch (error) {
    fail(error);
  } finally {
    isHearing = false;
  }
}

/** @param {Source} source @param {Stream} stream @returns {Promise<boolean>} whether there was a window */
async function hearOne(source, stream) {
  const window = stream.waiting.shift();
  if (!window) return false;
  const { sum } = stream;
  sum.voice += await stream.ear(window.sound);
  sum.power += window.sound.reduce((total, sample) => total + sample * sample, 0) / WINDOW;
  sum.windows += 1;
  if (sum.windows < WINDOWS_TOLD || streams.get(source) !== stream) return true;
  const level = 10 * Math.log10(sum.power / sum.windows + 1e-12);
  answer({ type: 'heard', source, voice: sum.voice / sum.windows, level, ago: performance.now() - window.at });
  stream.sum = { voice: 0, power: 0, windows: 0 };
  return true;
}
