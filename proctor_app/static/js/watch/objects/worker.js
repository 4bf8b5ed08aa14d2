/**
 * The object worker: about a frame a second in, people and things out. A module worker of its own, so that the face model never
 * waits for this slower one. Messages are those of ../worker.js:
 *
 *   in   {type: 'open', model: folder, wasm: folder}     once
 *        {type: 'frame', frame: ImageBitmap|VideoFrame, at: ms}
 *   out  {type: 'ready', key, delegate}                  the answer to 'open'
 *        {type: 'reading', reading: Look, ms}            the answer to a frame
 *        {type: 'failed', code, message}                 the answer to either
 *
 * The picture never leaves this file; a look is labels, scores and boxes.
 */

import { EngineFailure } from '../model-file.js';
import { brightness, HEIGHT, WIDTH } from '../picture.js';
import { openModel, SIZE } from './model.js';
import { count, START } from './people.js';
import { things } from './things.js';

/** @typedef {{type: 'open', model: string, wasm: string}} OpenMessage */
/** @typedef {{type: 'frame', frame: ImageBitmap|VideoFrame, at: number}} FrameMessage */

/** @type {Awaited<ReturnType<typeof openModel>>|null} */
let find = null;
let people = START;
const picture = canvas(SIZE, SIZE);
const small = canvas(WIDTH, HEIGHT);

self.onmessage = async (/** @type {MessageEvent<OpenMessage|FrameMessage>} */ { data }) => {
  try {
    self.postMessage(data.type === 'open' ? await open(data) : await look(data));
  } catch (error) {
    const code = error instanceof EngineFailure ? error.code : data.type === 'open' ? 'engine_failed' : 'frame_failed';
    self.postMessage({ type: 'failed', code, message: error instanceof Error ? error.message : String(error) });
  }
};

/** @param {OpenMessage} message */
async function open({ model, wasm }) {
  find = await openModel(model, wasm);
  return { type: 'ready', key: 'objects', delegate: 'CPU' };
}

/** @param {FrameMessage} message */
async function look({ frame, at }) {
  const started = performance.now();
  try {
    if (!find) throw new EngineFailure('engine_failed', 'A frame came before the model was ready.');
    picture.drawImage(frame, 0, 0, SIZE, SIZE);
    small.drawImage(picture.canvas, 0, 0, WIDTH, HEIGHT);
  } finally {
    frame.close();
  }
  const found = await find(picture.getImageData(0, 0, SIZE, SIZE));
  const luma = brightness(small.getImageData(0, 0, WIDTH, HEIGHT).data);
  const { state, boxes } = count(people, found, luma, at);
  people = state;
  const reading = { at, people: boxes.length, boxes, objects: things(found) };
  return { type: 'reading', reading, ms: performance.now() - started };
}

/** @param {number} width @param {number} height @returns {OffscreenCanvasRenderingContext2D} */
function canvas(width, height) {
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  return /** @type {OffscreenCanvasRenderingContext2D} */ (context);
}
