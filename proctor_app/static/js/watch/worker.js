/**
 * The vision worker: frames in, readings out. A module worker, so that the page stays smooth.
 *
 *   in   {type: 'open', model: url, wasm: url, choice}  once; `choice` as in engine.js
 *        {type: 'frame', frame: ImageBitmap|VideoFrame, at: ms}
 *        {type: 'still', id, style, things}             of the frame read last
 *   out  {type: 'ready', key, delegate}                  the answer to 'open'
 *        {type: 'reading', reading, ms}                  the answer to a frame; `ms`: what it cost here
 *        {type: 'still', id, jpeg: ArrayBuffer|null}     the answer to a still
 *        {type: 'failed', code, message}                 the answer to the first two
 *        {type: 'measured', key, delegate, cpu_ms, gpu_ms}   once, where the graphics card was tried, before a reading
 *
 * One answer for each message, but for 'measured'. A reading is numbers only. The picture never leaves the worker but as a
 * still, which the page asks for where the policy has them: small, blurred or drawn (still-picture.js).
 */

import { FaceLandmarker } from '/vendor/tasks-vision/vision_bundle.mjs';
import { openEngine, tryCard } from './engine.js';
import { distinct, face, reading } from './face.js';
import { EngineFailure } from './model-file.js';
import { brightness, changeFrom, describe, HEIGHT, lumaInside, noiseOf, printOf, WIDTH } from './picture.js';
import { stillOf } from './still-picture.js';

/** @typedef {{type: 'open'} & import('./engine.js').Wanted} OpenMessage */
/** @typedef {{type: 'frame', frame: ImageBitmap|VideoFrame, at: number}} FrameMessage */
/** @typedef {{type: 'still', id: number, style: 'still'|'line_art', things: import('./picture.js').Box[]}} StillMessage */
/**
 * @typedef {{type: 'ready', key: string, delegate: import('./engine.js').Delegate}
 *   | ({type: 'measured'} & import('./engine.js').Measured)
 *   | {type: 'reading', reading: import('./face.js').Reading, ms: number}
 *   | {type: 'still', id: number, jpeg: ArrayBuffer|null}
 *   | {type: 'failed', code: import('./model-file.js').FailureCode, message: string}} Answer
 */

// The model looks at faces in 256 by 256 pixels: a larger picture than this only costs time.
const LARGEST_WIDTH = 640;

/**
 * The engine, the picture that it gets, and the small copy that tells what the picture is like. Both are kept in the
 * processor's memory, where the engine computes.
 * @type {{engine: import('./engine.js').Engine, large: OffscreenCanvasRenderingContext2D, small: OffscreenCanvasRenderingContext2D}|null}
 */
let eye = null;
let lastTimestamp = 0;
/** @type {Float32Array|null} the small copy of the frame before */
let lumaBefore = null;

/** @type {import('./still-picture.js').Seen[]} the faces of the frame read last, the largest first */
let lastSeen = [];
/** Which landmarks a line drawing joins: what tells where a face is and which way it looks; not mouth and brows. */
const LINES = {
  mesh: FaceLandmarker.FACE_LANDMARKS_TESSELATION,
  outline: [
    ...FaceLandmarker.FACE_LANDMARKS_FACE_OVAL,
    ...FaceLandmarker.FACE_LANDMARKS_LEFT_EYE,
    ...FaceLandmarker.FACE_LANDMARKS_RIGHT_EYE,
  ],
  irises: [...FaceLandmarker.FACE_LANDMARKS_LEFT_IRIS, ...FaceLandmarker.FACE_LANDMARKS_RIGHT_IRIS],
};

self.onmessage = async (/** @type {MessageEvent<OpenMessage|FrameMessage|StillMessage>} */ { data }) => {
  if (data.type === 'still') return answer(await still(data));
  try {
    answer(data.type === 'open' ? await open(data) : read(data));
  } catch (error) {
    const code = error instanceof EngineFailure ? error.code : data.type === 'open' ? 'engine_failed' : 'frame_failed';
    answer({ type: 'failed', code, message: error instanceof Error ? error.message : String(error) });
  }
};

/** @param {Answer} message */
function answer(message) {
  self.postMessage(message);
}

/** @param {OpenMessage} wanted @returns {Promise<Answer>} */
async function open(wanted) {
  const engine = await openEngine(wanted);
  const large = canvas(LARGEST_WIDTH, 480);
  // The first picture costs many times what the others do, because the engine sets itself up: let it be an empty one.
  engine.landmarker.detectForVideo(large.canvas, (lastTimestamp += 1));
  eye = { engine, large, small: canvas(WIDTH, HEIGHT) };
  return { type: 'ready', key: engine.key, delegate: engine.delegate };
}

/** @param {FrameMessage} message @returns {Answer} */
function read({ frame, at }) {
  const started = performance.now();
  try {
    if (!eye) throw new EngineFailure('engine_failed', 'A frame came before the engine was ready.');
    const { engine, large, small } = eye;
    draw(frame, large);
    small.drawImage(large.canvas, 0, 0, WIDTH, HEIGHT);
    // The engine wants times that only grow.
    lastTimestamp = Math.max(lastTimestamp + 1, Math.round(at));
    const asked = performance.now();
    const { faceLandmarks, facialTransformationMatrixes } = engine.landmarker.detectForVideo(large.canvas, lastTimestamp);
    const answered = performance.now();
    const found = faceLandmarks.map((landmarks, index) =>
      face(landmarks, facialTransformationMatrixes[index].data, large.canvas),
    );
    lastSeen = distinct(found).map((one) => ({ box: one.box, landmarks: faceLandmarks[found.indexOf(one)] }));
    const luma = brightness(small.getImageData(0, 0, WIDTH, HEIGHT).data);
    const picture = { ...describe(luma, WIDTH, HEIGHT), ...lifeOf(large), change: changeFrom(luma, lumaBefore) };
    lumaBefore = luma;
    const seen = reading(at, found, picture, (box) => lumaInside(luma, WIDTH, HEIGHT, box));
    const ms = performance.now() - started;
    const measured = found.length > 0 ? tryCard(engine, large.canvas, lastTimestamp, answered - asked) : null;
    if (measured) answer({ type: 'measured', ...measured });
    return { type: 'reading', reading: seen, ms };
  } finally {
    frame.close();
  }
}

/** @param {StillMessage} message @returns {Promise<Answer>} */
async function still({ id, style, things }) {
  const jpeg = eye && (await stillOf(eye.large.canvas, { faces: lastSeen, things }, style, LINES).catch(() => null));
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
