/**
 * The object model, ready to look at pictures: TensorFlow.js on its WebAssembly backend, and the model that set-up fetched.
 *
 * The packages' self-contained builds put `tf` on the worker's global object, one after the other; their ES modules import
 * each other by bare names, which workers cannot resolve. Everything comes from our own server.
 */

import '/vendor/tfjs-core/tf-core.es2017.min.js';
import '/vendor/tfjs-converter/tf-converter.es2017.min.js';
import '/vendor/tfjs-backend-wasm/tf-backend-wasm.es2017.min.js';
import { EngineFailure, fetchModel } from '../model-file.js';
import { decode } from './found.js';

/** The model looks at pictures of this width and height. */
export const SIZE = 300;

/** @typedef {typeof import('@tensorflow/tfjs-core') & typeof import('@tensorflow/tfjs-converter')} Tf */
/** @typedef {{wasm: typeof import('@tensorflow/tfjs-backend-wasm')}} WithWasm */
/** @typedef {import('@tensorflow/tfjs-converter').GraphModel} GraphModel */

const { tf } = /** @type {{tf: Tf & WithWasm}} */ (/** @type {unknown} */ (globalThis));

/**
 * @param {string} folder where the model's files are
 * @param {string} wasm where the backend's are
 * @returns {Promise<(pixels: ImageData) => Promise<import('./found.js').Found[]>>} what is found in a picture of `SIZE`
 * @throws {EngineFailure}
 */
export async function openModel(folder, wasm) {
  const [topology, weights] = await Promise.all(['model.json', 'weights.bin'].map((name) => fetchModel(`${folder}/${name}`)));
  tf.wasm.setWasmPaths(`${wasm}/`);
  if (!(await tf.setBackend('wasm').catch(() => false))) {
    throw new EngineFailure('engine_failed', 'The engine of the object detector did not start.');
  }
  const { modelTopology, weightsManifest } = JSON.parse(new TextDecoder().decode(topology.bytes));
  const [{ weights: weightSpecs }] = weightsManifest;
  const model = await tf.loadGraphModel({ load: async () => ({ modelTopology, weightSpecs, weightData: weights.bytes.slice().buffer }) });
  const look = (/** @type {ImageData} */ pixels) => find(model, pixels);
  // The first picture costs several times what the others do, because the engine sets itself up.
  await look(new ImageData(SIZE, SIZE));
  return look;
}

/** @param {GraphModel} model @param {ImageData} pixels */
async function find(model, pixels) {
  const input = tf.tidy(() => /** @type {import('@tensorflow/tfjs-core').Tensor} */ (tf.expandDims(tf.browser.fromPixels(pixels))));
  const output = /** @type {import('@tensorflow/tfjs-core').Tensor[]} */ (await model.executeAsync(input));
  try {
    const [scores, boxes] = await Promise.all(output.map((tensor) => tensor.data()));
    return decode(/** @type {Float32Array} */ (scores), /** @type {Float32Array} */ (boxes));
  } finally {
    tf.dispose([input, ...output]);
  }
}
