/**
 * The vision worker: frames in, readings out. A module worker, so that the page stays smooth.
 *
 *   in   {type: 'open', model: url, wasm: url}          once
 *        {type: 'frame', frame: ImageBitmap|VideoFrame, at: ms}
 *        {type: 'still', id, style}                     of the frame read last
 *   out  {type: 'ready'}                                 the answer to 'open'
 *        {type: 'reading', reading, ms}                  the answer to a frame; `ms`: what it cost here
 *        {type: 'still', id, jpeg: ArrayBuffer|null}     the answer to a still
 *        {type: 'failed', code, message}                 the answer to the first two
 *
 * One answer for each message. A reading is numbers only. The picture never leaves the worker but as a still, which the
 * page asks for where the policy has them: small, blurred or drawn (still-picture.js).
 */

import { FaceLandmarker } from '/vendor/tasks-vision/vision_bundle.mjs';
import { distinct, face, reading } from './face.js';
import { brightness, changeFrom, describe, HEIGHT, lumaInside, noiseOf, printOf, WIDTH } from './picture.js';
import { stillOf } from './still-picture.js';

/** @typedef {'no_webgl'|'no_wasm'|'model_missing'|'engine_missing'|'engine_failed'|'frame_failed'} FailureCode */
/** @typedef {{type: 'open', model: string, wasm: string}} OpenMessage */
/** @typedef {{type: 'frame', frame: ImageBitmap|VideoFrame, at: number}} FrameMessage */
/** @typedef {{type: 'still', id: number, style: 'still'|'line_art'}} StillMessage */
/**
 * @typedef {{type: 'ready'}
 *   | {type: 'reading', reading: import('./face.js').Reading, ms: number}
 *   | {type: 'still', id: number, jpeg: ArrayBuffer|null}
 *   | {type: 'failed', code: FailureCode, message: string}} Answer
 */

const FACES = 4;
// The model looks at faces in 256 by 256 pixels: a larger picture than this only costs time.
const LARGEST_WIDTH = 640;
// A module whose one function uses SIMD: a browser that finds it invalid cannot run the engine.
const SIMD_PROBE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
]);

/**
 * The engine, the picture that it gets, and the small copy that tells what the picture is like. Both are kept in the
 * processor's memory, where the engine computes.
 * @type {{landmarker: FaceLandmarker, large: OffscreenCanvasRenderingContext2D, small: OffscreenCanvasRenderingContext2D}|null}
 */
let engine = null;
let lastTimestamp = 0;
/** @type {Float32Array|null} the small copy of the frame before */
let lumaBefore = null;

/** @type {import('./still-picture.js').Seen[]} the faces of the frame read last, the largest first */
let lastSeen = [];
/** Which landmarks a line drawing joins. */
const LINES = {
  mesh: FaceLandmarker.FACE_LANDMARKS_TESSELATION,
  outline: FaceLandmarker.FACE_LANDMARKS_CONTOURS,
  irises: [...FaceLandmarker.FACE_LANDMARKS_LEFT_IRIS, ...FaceLandmarker.FACE_LANDMARKS_RIGHT_IRIS],
};

/** An error with a code that the page can act on. */
class Failure extends Error {
  /** @param {FailureCode} code @param {string} message */
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

self.onmessage = async (/** @type {MessageEvent<OpenMessage|FrameMessage|StillMessage>} */ { data }) => {
  if (data.type === 'still') return answer(await still(data));
  try {
    answer(data.type === 'open' ? await open(data) : read(data));
  } catch (error) {
    const code = error instanceof Failure ? error.code : data.type === 'open' ? 'engine_failed' : 'frame_failed';
    answer({ type: 'failed', code, message: error instanceof Error ? error.message : String(error) });
  }
};

/** @param {Answer} message */
function answer(message) {
  self.postMessage(message);
}

/** @param {OpenMessage} message @returns {Promise<Answer>} */
async function open({ model, wasm }) {
  if (typeof WebAssembly !== 'object' || !WebAssembly.validate(SIMD_PROBE)) {
    throw new Failure('no_wasm', 'This browser has no WebAssembly SIMD.');
  }
  // The engine needs WebGL even where it computes on the processor; without it every frame would fail.
  if (typeof OffscreenCanvas !== 'function' || !new OffscreenCanvas(1, 1).getContext('webgl2')) {
    throw new Failure('no_webgl', 'This browser has no WebGL 2.');
  }
  const modelAssetBuffer = await fetchModel(model);
  const landmarker = await FaceLandmarker.createFromOptions(
    { wasmLoaderPath: `${wasm}/vision_wasm_module_internal.js`, wasmBinaryPath: `${wasm}/vision_wasm_module_internal.wasm` },
    {
      baseOptions: { modelAssetBuffer, delegate: 'CPU' },
      runningMode: 'VIDEO',
      numFaces: FACES,
      outputFaceBlendshapes: false,
      outputFacialTransformationMatrixes: true,
    },
  );
  const large = canvas(LARGEST_WIDTH, 480);
  // The first picture costs many times what the others do, because the engine sets itself up: let it be an empty one.
  landmarker.detectForVideo(large.canvas, (lastTimestamp += 1));
  engine = { landmarker, large, small: canvas(WIDTH, HEIGHT) };
  return { type: 'ready' };
}

/** @param {string} url */
async function fetchModel(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Failure('model_missing', `The face model is not there (${response.status}).`);
  return new Uint8Array(await response.arrayBuffer());
}

/** @param {FrameMessage} message @returns {Answer} */
function read({ frame, at }) {
  const started = performance.now();
  try {
    if (!engine) throw new Failure('engine_failed', 'A frame came before the engine was ready.');
    const { landmarker, large, small } = engine;
    draw(frame, large);
    small.drawImage(large.canvas, 0, 0, WIDTH, HEIGHT);
    // The engine wants times that only grow.
    lastTimestamp = Math.max(lastTimestamp + 1, Math.round(at));
    const { faceLandmarks, facialTransformationMatrixes } = landmarker.detectForVideo(large.canvas, lastTimestamp);
    const found = faceLandmarks.map((landmarks, index) =>
      face(landmarks, facialTransformationMatrixes[index].data, large.canvas),
    );
    lastSeen = distinct(found).map((one) => ({ box: one.box, landmarks: faceLandmarks[found.indexOf(one)] }));
    const luma = brightness(small.getImageData(0, 0, WIDTH, HEIGHT).data);
    const picture = { ...describe(luma, WIDTH, HEIGHT), ...lifeOf(large), change: changeFrom(luma, lumaBefore) };
    lumaBefore = luma;
    const seen = reading(at, found, picture, (box) => lumaInside(luma, WIDTH, HEIGHT, box));
    return { type: 'reading', reading: seen, ms: performance.now() - started };
  } finally {
    frame.close();
  }
}

/** @param {StillMessage} message @returns {Promise<Answer>} */
async function still({ id, style }) {
  const jpeg = engine && (await stillOf(engine.large.canvas, lastSeen, style, LINES).catch(() => null));
  return { type: 'still', id, jpeg };
}

/** @param {ImageBitmap|VideoFrame} frame @param {OffscreenCanvasRenderingContext2D} large */
function draw(frame, large) {
  const [frameWidth, frameHeight] =
    frame instanceof ImageBitmap ? [frame.width, frame.height] : [frame.displayWidth, frame.displayHeight];
  const width = Math.min(LARGEST_WIDTH, frameWidth);
  const height = Math.round((frameHeight * width) / frameWidth);
  if (large.canvas.width !== width || large.canvas.height !== height) Object.assign(large.canvas, { width, height });
  large.drawImage(frame, 0, 0, width, height);
}

/** @param {OffscreenCanvasRenderingContext2D} large */
function lifeOf(large) {
  const { data, width, height } = large.getImageData(0, 0, large.canvas.width, large.canvas.height);
  return { noise: noiseOf(data, width, height), print: printOf(data) };
}

/** @param {number} width @param {number} height @returns {OffscreenCanvasRenderingContext2D} */
function canvas(width, height) {
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  return /** @type {OffscreenCanvasRenderingContext2D} */ (context);
}
