/**
 * The face model, ready to look at pictures: what the browser must have, the model and its hash, and the choice of processor.
 *
 * It computes on the processor ("CPU"); where the computer has a real graphics card, both are timed on the first pictures
 * with a face, and the faster one goes on (trial.js). What came out is remembered for this browser, card, model and engine.
 */

import { FaceLandmarker } from '/vendor/tasks-vision/vision_bundle.mjs';
import { EngineFailure, fetchModel } from './model-file.js';
import { START, timed } from './trial.js';

/** @typedef {'CPU'|'GPU'} Delegate */
/** @typedef {{key: string, delegate: Delegate}} Choice what was measured, and on what */
/** @typedef {Choice & {cpu_ms: number, gpu_ms: number}} Measured medians of a frame */
/** @typedef {{model: string, wasm: string, choice: Choice|null}} Wanted `choice`: what was remembered */
/**
 * @typedef {Object} Engine
 * @property {string} key
 * @property {Delegate} delegate
 * @property {FaceLandmarker} landmarker
 * @property {FaceLandmarker|null} gpu the same on the graphics card, while it is tried
 * @property {import('./trial.js').Trial} trial
 */

export const FACES = 4;
const ENGINE = '0.10.35';
// A module whose one function uses SIMD: a browser that finds it invalid cannot run the engine.
const SIMD_PROBE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
]);
// WebGL drawn by the processor is no help to it.
const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render|mesa offscreen/i;

/** @param {Wanted} wanted @returns {Promise<Engine>} @throws {EngineFailure} with a code that the page can act on */
export async function openEngine({ model, wasm, choice }) {
  const card = checkBrowser();
  const { bytes, hash } = await fetchModel(model);
  const key = [ENGINE, hash.slice(0, 16), card, navigator.userAgent].join(' | ');
  const files = { wasmLoaderPath: `${wasm}/vision_wasm_module_internal.js`, wasmBinaryPath: `${wasm}/vision_wasm_module_internal.wasm` };
  /** @param {Delegate} delegate */
  const make = (delegate) => createLandmarker(files, bytes, delegate);
  const known = choice?.key === key ? choice.delegate : null;
  const hasCard = card !== '' && !SOFTWARE.test(card);
  if (known === 'GPU' && hasCard) return { key, delegate: 'GPU', landmarker: await make('GPU'), gpu: null, trial: START };
  const landmarker = await make('CPU');
  const gpu = known || !hasCard ? null : await make('GPU').catch(() => null);
  return { key, delegate: 'CPU', landmarker, gpu, trial: START };
}

/** @returns {string} the graphics card's name; empty where the browser keeps it to itself */
function checkBrowser() {
  if (typeof WebAssembly !== 'object' || !WebAssembly.validate(SIMD_PROBE)) {
    throw new EngineFailure('no_wasm', 'This browser has no WebAssembly SIMD.');
  }
  // The engine needs WebGL even where it computes on the processor; without it every frame would fail.
  const gl = typeof OffscreenCanvas === 'function' ? new OffscreenCanvas(1, 1).getContext('webgl2') : null;
  if (!gl) throw new EngineFailure('no_webgl', 'This browser has no WebGL 2.');
  const names = gl.getExtension('WEBGL_debug_renderer_info');
  const card = String(gl.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : gl.RENDERER) ?? '');
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return card;
}

/** @param {{wasmLoaderPath: string, wasmBinaryPath: string}} files @param {Uint8Array} bytes @param {Delegate} delegate */
async function createLandmarker(files, bytes, delegate) {
  // The engine takes its loader from the global scope and removes it there; a module that was imported once does not run again.
  const loader = await import(files.wasmLoaderPath);
  Object.assign(self, { ModuleFactory: loader.default });
  try {
    return await FaceLandmarker.createFromOptions(files, {
      // The engine takes the bytes for itself.
      baseOptions: { modelAssetBuffer: bytes.slice(), delegate },
      runningMode: 'VIDEO',
      numFaces: FACES,
      outputFaceBlendshapes: false,
      outputFacialTransformationMatrixes: true,
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const isModel = /zip|model|tflite|flatbuffer|metadata/i.test(message);
    throw new EngineFailure(isModel ? 'model_unusable' : 'engine_failed', message);
  }
}

/**
 * Where the trial goes on: let the card look at the same picture, and time it.
 * @param {Engine} engine
 * @param {OffscreenCanvas} picture with a face in it, without which there is little to compute
 * @param {number} timestamp
 * @param {number} cpuMs what the processor took for it
 * @returns {Measured|null} once it is decided; the engine goes on with the faster one
 */
export function tryCard(engine, picture, timestamp, cpuMs) {
  const { gpu } = engine;
  if (!gpu) return null;
  const { trial, verdict } = timed(engine.trial, cpuMs, timeOf(gpu, picture, timestamp));
  engine.trial = trial;
  if (!verdict) return null;
  const { isFaster, cpu_ms, gpu_ms } = verdict;
  (isFaster ? engine.landmarker : gpu).close();
  if (isFaster) Object.assign(engine, { landmarker: gpu, delegate: 'GPU' });
  engine.gpu = null;
  return { key: engine.key, delegate: engine.delegate, cpu_ms, gpu_ms };
}

/** @param {FaceLandmarker} gpu @param {OffscreenCanvas} picture @param {number} timestamp @returns {number|null} ms; null when it failed */
function timeOf(gpu, picture, timestamp) {
  const started = performance.now();
  try {
    gpu.detectForVideo(picture, timestamp);
    return performance.now() - started;
  } catch {
    return null;
  }
}
