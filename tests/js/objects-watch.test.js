import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import { createObjectWatch } from '../../proctor_app/static/js/watch/objects/watch.js';
import { ids } from './scenes.js';

const POLICY = { thresholds: { phone_visible: 2, multiple_faces: 2 } };
const BOX = { x: 0.4, y: 0.5, width: 0.1, height: 0.1 };
const PHONE = { label: 'phone', looks_like: 'phone', score: 0.6, box: BOX };

/** The browser around the watch: a page, a camera, a clock, and a worker that sees what `camera.shows` says in `camera.ms`. */
function setUp() {
  const page = { hidden: false };
  const track = { readyState: 'live', enabled: true, muted: false };
  const camera = { shows: [], ms: 100, hasModel: true, spawned: 0, ended: 0, lookedAt: [] };
  class MediaStream {
    getVideoTracks() {
      return [track];
    }
  }
  Object.assign(globalThis, {
    document: page,
    MediaStream,
    HTMLMediaElement: { HAVE_CURRENT_DATA: 2 },
    VideoFrame: class {
      close() {}
    },
  });
  const spawn = () => {
    camera.spawned += 1;
    const worker = {
      postMessage({ type, at }) {
        const reading = { at, people: 1, boxes: [BOX], objects: camera.shows };
        const answer = type === 'frame' ? { type: 'reading', reading, ms: camera.ms } : { type: 'ready', key: 'k', delegate: 'CPU' };
        const missing = { type: 'failed', code: 'model_missing', message: '' };
        if (type === 'frame') camera.lookedAt.push(at);
        setTimeout(() => worker.onmessage?.({ data: camera.hasModel ? answer : missing }), type === 'frame' ? camera.ms : 500);
      },
      terminate: () => (camera.ended += 1),
    };
    return worker;
  };
  const observations = [];
  const looks = [];
  const watch = createObjectWatch({
    now: () => Date.now(),
    newId: ids(),
    onObservation: (one) => observations.push(one),
    onLook: (look) => looks.push(look),
    spawn,
  });
  return { page, track, camera, watch, looks, observations, video: { srcObject: new MediaStream(), readyState: 4, videoWidth: 640 } };
}

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
});

/** Let time pass, in steps small enough for every timer and promise. */
async function pass(seconds) {
  for (let passed = 0; passed < seconds * 1000; passed += 50) {
    mock.timers.tick(50);
    for (let i = 0; i < 8; i += 1) await Promise.resolve();
  }
}

/** @returns how many looks there were in the next ten seconds */
async function looksInTenSeconds({ camera }) {
  const before = camera.lookedAt.length;
  await pass(10);
  return camera.lookedAt.length - before;
}

async function looking(policy = POLICY) {
  const all = setUp();
  all.watch.start(all.video, policy);
  await pass(8);
  return all;
}

test('loads the model after the face model’s, and then looks once a second', async () => {
  const all = setUp();
  all.watch.start(all.video, POLICY);
  await pass(3);
  assert.deepEqual([all.camera.spawned, all.watch.status()], [0, 'starting']);
  await pass(5);
  assert.deepEqual([all.camera.spawned, all.watch.status()], [1, 'looking']);
  const looks = await looksInTenSeconds(all);
  assert.ok(looks >= 9 && looks <= 11, `${looks} looks`);
});

test('looks twice as often at what may count, and tells what counted', async () => {
  const all = await looking();
  all.camera.shows = [PHONE];
  const looks = await looksInTenSeconds(all);
  assert.ok(looks >= 17 && looks <= 21, `${looks} looks`);
  assert.deepEqual(all.observations.map(({ kind, ended_at: end }) => [kind, end]), [['phone_visible', null]]);
  all.watch.stop();
  assert.notEqual(all.observations[1].ended_at, null);
});

test('takes at most a quarter of a core on a slow computer', async () => {
  const all = await looking();
  all.camera.ms = 800;
  await pass(60);
  const looks = await looksInTenSeconds(all);
  assert.ok(looks >= 2 && looks <= 4, `${looks} looks`);
});

test('is not loaded where the policy has no use for it, and goes when it has none any more', async () => {
  const none = { ...POLICY, detectors: ['looking_away', 'second_voice'] };
  const all = await looking(none);
  assert.deepEqual([all.camera.spawned, all.watch.status()], [0, 'off']);
  all.watch.setPolicy(POLICY);
  all.camera.shows = [PHONE];
  await pass(6);
  assert.equal(all.watch.status(), 'looking');
  assert.equal(all.observations.length, 1);
  all.watch.setPolicy(none);
  assert.equal(all.watch.status(), 'off');
  assert.equal(all.camera.ended, 1);
  assert.notEqual(all.observations[1].ended_at, null);
  assert.equal(await looksInTenSeconds(all), 0);
});

test('looks at nothing while the page is hidden or the camera off, and ends what was open', async () => {
  const all = await looking();
  all.camera.shows = [PHONE];
  await pass(5);
  all.page.hidden = true;
  assert.equal(await looksInTenSeconds(all), 0);
  assert.equal(all.watch.status(), 'no_picture');
  assert.notEqual(all.observations[1].ended_at, null);
  all.page.hidden = false;
  all.track.enabled = false;
  assert.equal(await looksInTenSeconds(all), 0);
});

test('says that it failed where the model cannot be had, and goes on trying', async () => {
  const all = setUp();
  all.camera.hasModel = false;
  all.watch.start(all.video, POLICY);
  await pass(25);
  assert.equal(all.watch.status(), 'failed');
  all.camera.hasModel = true;
  await pass(40);
  assert.equal(all.watch.status(), 'looking');
});
