async ({ count, fps, width, height }) => {
  const { createWorkerClient } = await import('/static/js/watch/worker-client.js');
  const [model, wasm] = ['/models/face_landmarker.task', '/vendor/tasks-vision/wasm'];
  const bare = new Worker('/static/js/bench-bare-worker.js', { type: 'module' });
  const ask = (worker, message, transfer = []) =>
    new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => reject(new Error(event.message || 'the bare worker does not run'));
      worker.postMessage(message, transfer);
    });
  const bareOnCanvas = new Worker('/static/js/bench-bare-worker.js', { type: 'module' });
  for (const worker of [bare, bareOnCanvas]) await ask(worker, { model, wasm });
  let client;
  await new Promise((resolve, reject) => {
    const onstate = (state, code) => (state === 'ready' ? resolve() : state === 'failed' && reject(new Error(code)));
    client = createWorkerClient({ onstate });
    client.start();
  });
  const pairs = [];
  for (let number = 0; number < count; number += 1) {
    const planes = await (await fetch(`/bench/frame/${number}`)).arrayBuffer();
    const at = Math.round((number * 1000) / fps) + 1;
    const frame = () => new VideoFrame(planes, { format: 'I420', codedWidth: width, codedHeight: height, timestamp: at * 1000 });
    const measures = {
      bare: async (one) => (await ask(bare, { frame: one, at }, [one])).ms,
      canvas: async (one) => (await ask(bareOnCanvas, { frame: one, at, canvas: true }, [one])).ms,
      whole: async (one) => (await client.read(one, at)).ms,
    };
    const pair = {};
    // Each goes first in turn: what comes later finds the processor warm.
    const names = Object.keys(measures);
    for (let turn = 0; turn < names.length; turn += 1) {
      const name = names[(number + turn) % names.length];
      pair[name] = await measures[name](frame());
    }
    pairs.push(pair);
  }
  bare.terminate();
  bareOnCanvas.terminate();
  client.close();
  return pairs;
}
