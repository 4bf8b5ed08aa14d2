/**
 * The bare model: nothing but its call, on the frame itself or on a canvas it was drawn to. Served to the bench's page only.
 *
 *   in   {model, wasm}            once; out {ready: true}
 *        {frame, at, canvas}      out {ms}: what the call took; with `canvas`, drawing included
 */

import { FaceLandmarker } from '/vendor/tasks-vision/vision_bundle.mjs';

let landmarker;
let context;

self.onmessage = async ({ data }) => {
  if (data.model) {
    const modelAssetBuffer = new Uint8Array(await (await fetch(data.model)).arrayBuffer());
    landmarker = await FaceLandmarker.createFromOptions(
      { wasmLoaderPath: `${data.wasm}/vision_wasm_module_internal.js`, wasmBinaryPath: `${data.wasm}/vision_wasm_module_internal.wasm` },
      { baseOptions: { modelAssetBuffer, delegate: 'CPU' }, runningMode: 'VIDEO', numFaces: 4, outputFacialTransformationMatrixes: true },
    );
    return self.postMessage({ ready: true });
  }
  const { frame, at, canvas } = data;
  const started = performance.now();
  let picture = frame;
  if (canvas) {
    context ??= new OffscreenCanvas(frame.displayWidth, frame.displayHeight).getContext('2d', { willReadFrequently: true });
    context.drawImage(frame, 0, 0);
    picture = context.canvas;
  }
  landmarker.detectForVideo(picture, at);
  const ms = performance.now() - started;
  frame.close();
  self.postMessage({ ms });
};
