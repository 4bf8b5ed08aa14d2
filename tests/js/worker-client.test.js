import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWorkerClient, TRIES } from '../../proctor_app/static/js/watch/worker-client.js';

const TIMEOUTS = { open: 40, frame: 40, backoff: 1, later: 60_000 };

/** The browser's Worker, as the client sees it: `react(message, worker)` decides what it does with each message. */
function setUp(react, timeouts = TIMEOUTS, memory = memoryOf()) {
  const workers = [];
  const states = [];
  const client = createWorkerClient({
    timeouts,
    memory,
    onstate: (state, code) => states.push(code ? `${state} ${code}` : state),
    spawn() {
      const worker = {
        messages: [],
        terminated: false,
        postMessage(message) {
          worker.messages.push(message);
          queueMicrotask(() => !worker.terminated && react(message, worker));
        },
        terminate() {
          worker.terminated = true;
        },
        answer: (data) => worker.onmessage({ data }),
      };
      workers.push(worker);
      return worker;
    },
  });
  return { client, workers, states };
}

function frame() {
  const picture = { closed: false, close: () => (picture.closed = true) };
  return picture;
}

const READING = { at: 1, faces: 1 };

function answers(message, worker) {
  worker.answer(message.type === 'open' ? { type: 'ready' } : { type: 'reading', reading: READING, ms: 30 });
}

async function until(condition) {
  for (let i = 0; i < 500 && !condition(); i += 1) await new Promise((resolve) => setTimeout(resolve, 2));
  assert.ok(condition(), 'it did not come to pass');
}

test('one reading for each frame', async () => {
  const { client, states } = setUp(answers);
  client.start();
  await until(() => states.includes('ready'));
  assert.deepEqual(await client.read(frame(), 1), { reading: READING, ms: 30 });
  assert.deepEqual(await client.read(frame(), 2), { reading: READING, ms: 30 });
  client.close();
});

test('a frame that comes too early or while it is busy is dropped, and closed', async () => {
  const { client, states, workers } = setUp((message, worker) => message.type === 'open' && worker.answer({ type: 'ready' }));
  const early = frame();
  assert.equal(await client.read(early, 1), null);
  client.start();
  await until(() => states.includes('ready'));
  const first = client.read(frame(), 2);
  const second = frame();
  assert.ok(client.isBusy);
  assert.equal(await client.read(second, 3), null);
  assert.ok(early.closed && second.closed);
  workers[0].answer({ type: 'reading', reading: READING, ms: 5 });
  assert.deepEqual((await first).reading, READING);
  client.close();
});

test('a worker that hangs is ended and started again', async () => {
  let hung = false;
  const { client, states, workers } = setUp((message, worker) => {
    if (message.type === 'frame' && !hung) hung = true;
    else answers(message, worker);
  });
  client.start();
  await until(() => states.includes('ready'));
  assert.equal(await client.read(frame(), 1), null);
  assert.ok(workers[0].terminated);
  await until(() => states.filter((state) => state === 'ready').length === 2);
  assert.ok(states.includes('starting worker_hung'));
  assert.deepEqual((await client.read(frame(), 2)).reading, READING);
  client.close();
});

test('a worker that dies is started again', async () => {
  const { client, states, workers } = setUp(answers);
  client.start();
  await until(() => states.includes('ready'));
  workers[0].onerror({ preventDefault() {} });
  await until(() => states.filter((state) => state === 'ready').length === 2);
  assert.equal(workers.length, 2);
  client.close();
});

test('what no retry cures fails at once', async () => {
  const { client, states, workers } = setUp((_, worker) => worker.answer({ type: 'failed', code: 'no_webgl', message: '' }));
  client.start();
  await until(() => states.includes('failed no_webgl'));
  assert.equal(workers.length, 1);
  assert.ok(workers[0].terminated);
});

test('what a retry may cure is tried a few times', async () => {
  const { client, states, workers } = setUp((_, worker) => worker.answer({ type: 'failed', code: 'model_missing', message: '' }));
  client.start();
  await until(() => states.includes('failed model_missing'));
  assert.equal(workers.length, TRIES);
  client.start();
  await until(() => workers.length > TRIES);
  client.close();
});

test('what failed so is tried again now and then, quietly, and watching goes on when it works', async () => {
  let missing = true;
  const { client, states, workers } = setUp(
    (message, worker) => (missing ? worker.answer({ type: 'failed', code: 'model_missing', message: '' }) : answers(message, worker)),
    { ...TIMEOUTS, later: 5 },
  );
  client.start();
  await until(() => workers.length > TRIES + 2);
  assert.ok(states.slice(states.indexOf('failed model_missing')).every((state) => state === 'failed model_missing'));
  missing = false;
  await until(() => states.includes('ready'));
  client.close();
});

test('frames that cannot be read are missing readings at first, then a new worker', async () => {
  const { client, states } = setUp((message, worker) => {
    worker.answer(message.type === 'open' ? { type: 'ready' } : { type: 'failed', code: 'frame_failed', message: '' });
  });
  client.start();
  await until(() => states.includes('ready'));
  for (let i = 0; i < 5; i += 1) assert.equal(await client.read(frame(), i), null);
  await until(() => states.includes('starting frame_failed'));
  client.close();
});

test('closing ends the worker and lets go of what waits', async () => {
  const { client, states, workers } = setUp((message, worker) => message.type === 'open' && worker.answer({ type: 'ready' }));
  client.start();
  await until(() => states.includes('ready'));
  const waiting = client.read(frame(), 1);
  client.close();
  assert.equal(await waiting, null);
  assert.ok(workers[0].terminated);
});

test('a still comes beside the frames, and one that cannot be made is null', async () => {
  const JPEG = new ArrayBuffer(3);
  const { client, states, workers } = setUp((message, worker) => {
    if (message.type !== 'still') answers(message, worker);
    else if (message.style === 'still') worker.answer({ type: 'still', id: message.id, jpeg: JPEG });
  });
  assert.equal(await client.still('still'), null, 'before the worker is ready');
  client.start();
  await until(() => states.includes('ready'));
  const [read, jpeg] = await Promise.all([client.read(frame(), 1), client.still('still')]);
  assert.deepEqual([read, jpeg], [{ reading: READING, ms: 30 }, JPEG]);
  // The worker dies over it.
  const never = client.still('line_art');
  workers[0].onerror({});
  assert.equal(await never, null);
  client.close();
});

/** Where the client keeps which processor was the faster one. */
function memoryOf(kept = null) {
  const memory = { kept, recall: () => memory.kept, remember: (choice) => (memory.kept = choice) };
  return memory;
}

test('what was measured is remembered, and handed to the next worker', async () => {
  const memory = memoryOf();
  const choice = { key: 'a card', delegate: 'GPU' };
  const { client, states, workers } = setUp(
    (message, worker) => {
      if (message.type === 'open') return worker.answer({ type: 'ready', key: 'a card', delegate: 'CPU' });
      worker.answer({ type: 'measured', ...choice, cpu_ms: 40, gpu_ms: 9 });
      return worker.answer({ type: 'reading', reading: READING, ms: 30 });
    },
    TIMEOUTS,
    memory,
  );
  client.start();
  await until(() => states.includes('ready'));
  assert.equal(workers[0].messages[0].choice, null);
  assert.equal(client.delegate, 'CPU');
  assert.deepEqual(await client.read(frame(), 1), { reading: READING, ms: 30 });
  assert.equal(client.delegate, 'GPU');
  client.close();
  client.start();
  await until(() => workers.length === 2 && workers[1].messages.length === 1);
  assert.deepEqual(workers[1].messages[0].choice, choice);
  client.close();
});

test('a card on which the worker died is not trusted again', async () => {
  const memory = memoryOf({ key: 'a card', delegate: 'GPU' });
  const { client, workers, states } = setUp(
    (message, worker) => {
      if (message.type === 'frame' && workers.length === 1) return worker.onerror({});
      if (message.type === 'open') return worker.answer({ type: 'ready', ...message.choice });
      return worker.answer({ type: 'reading', reading: READING, ms: 30 });
    },
    TIMEOUTS,
    memory,
  );
  client.start();
  await until(() => states.includes('ready'));
  assert.equal(await client.read(frame(), 1), null);
  await until(() => states.filter((state) => state === 'ready').length === 2);
  assert.deepEqual(workers[1].messages[0].choice, { key: 'a card', delegate: 'CPU' });
  client.close();
});

for (const code of ['no_webgl', 'no_wasm', 'model_wrong', 'model_unusable']) {
  test(`${code} is final: no retry cures it`, async () => {
    const { client, states, workers } = setUp((message, worker) => worker.answer({ type: 'failed', code, message: 'why' }));
    client.start();
    await until(() => states.includes(`failed ${code}`));
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(workers.length, 1);
    client.close();
  });
}

test('a browser without module workers is told apart from one without workers', async () => {
  const states = [];
  globalThis.Worker = class {
    // It never asks for the type.
    constructor(url, { name }) {
      this.name = name;
    }
    terminate() {}
  };
  const client = createWorkerClient({ timeouts: TIMEOUTS, onstate: (state, code) => states.push(`${state} ${code}`) });
  client.start();
  assert.equal(states.at(-1), 'failed no_module_worker');
  client.close();
  delete globalThis.Worker;
});
