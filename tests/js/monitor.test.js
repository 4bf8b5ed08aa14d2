import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import { createMonitor } from '../../proctor_app/static/js/watch/monitor.js';
import { ids, POLICY, SHOWS } from './scenes.js';

const EPOCH = 1_700_000_000_000;
const FACE = {
  faces: 1, yaw: 0, pitch: 0, roll: 0, face_width: 0.25, face_box: null, cut_off: false,
  face_luma: 100, luma: 110, contrast: 40, sharpness: 5,
};

/** The browser around the monitor: a page, a camera, a clock, and a worker that sees what `camera.shows` says. */
function setUp() {
  const page = Object.assign(new EventTarget(), { hidden: false, hasFocus: () => true });
  const track = { id: 'first', readyState: 'live', enabled: true, muted: false };
  const camera = { shows: 'candidate', answers: true };
  class MediaStream {
    getVideoTracks() {
      return [track];
    }
  }
  Object.assign(globalThis, {
    document: page,
    window: new EventTarget(),
    MediaStream,
    HTMLMediaElement: { HAVE_CURRENT_DATA: 2 },
    VideoFrame: class {
      timestamp = camera.stopsAt ?? Date.now();
      close() {}
    },
  });
  const battery = Object.assign(new EventTarget(), { charging: true, level: 1 });
  Object.defineProperty(globalThis, 'navigator', { value: { getBattery: async () => battery }, configurable: true });
  const video = { srcObject: new MediaStream(), readyState: 4, videoWidth: 640 };
  const observations = [];
  const statuses = [];
  let tellState = () => {};
  const monitor = createMonitor({
    now: () => EPOCH + Date.now(),
    newId: ids(),
    onObservation: (one) => observations.push(one),
    onStatus: ({ state, reason }) => statuses.push(reason ? `${state} ${reason}` : state),
    createClient({ onstate }) {
      tellState = onstate;
      return {
        start: () => onstate('starting', null),
        read: async (frame, at) => (camera.answers ? { reading: { at, ...FACE, print: at, ...SHOWS[camera.shows] }, ms: 20 } : null),
        isBusy: false,
        close() {},
      };
    },
  });
  return { page, track, battery, video, camera, monitor, observations, statuses, tell: (...all) => tellState(...all) };
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

async function watching() {
  const all = setUp();
  all.monitor.start(all.video, POLICY);
  await pass(1);
  all.tell('ready', null);
  await pass(5);
  return all;
}

const seconds = (at) => Math.round((at - EPOCH) / 100) / 10;

test('starts, then watches, at five frames a second', async () => {
  const { monitor, statuses } = await watching();
  assert.deepEqual(statuses, ['starting', 'watching']);
  const { fps, faces, state } = monitor.status();
  assert.deepEqual([Math.round(fps), faces, state], [5, 1, 'watching']);
});

test('an absence is told when it opens, when it grows and when it ends', async () => {
  const { camera, observations } = await watching();
  camera.shows = 'nobody';
  await pass(14);
  camera.shows = 'candidate';
  await pass(4);
  assert.deepEqual(observations.map(({ reason, kind }) => reason ?? kind), ['face_not_visible', 'absence', 'absence']);
  assert.ok(Math.abs(seconds(observations[2].started_at) - 6) <= 0.2);
  assert.ok(Math.abs(seconds(observations[2].ended_at) - 20) <= 0.2);
});

const blinds = [
  ['track_ended', ({ track }) => (track.readyState = 'ended')],
  ['track_ended', ({ video }) => (video.srcObject = null)],
  ['track_muted', ({ track }) => (track.muted = true)],
  ['no_frames', ({ video }) => (video.readyState = 1)],
  ['camera_off', ({ track }) => (track.enabled = false)],
  ['page_hidden', ({ page }) => (page.hidden = true)],
  ['worker_behind', ({ camera }) => (camera.answers = false)],
  ['worker_dead', ({ tell }) => tell('starting', 'worker_died')],
  ['covered', ({ camera }) => (camera.shows = 'covered')],
];
for (const [reason, happen] of blinds) {
  test(`${reason}: could not tell, and nobody is absent`, async () => {
    const all = await watching();
    happen(all);
    await pass(20);
    const { state, reason: told, since, faces } = all.monitor.status();
    assert.deepEqual([state, told, faces], ['could_not_tell', reason, 0]);
    assert.ok(Math.abs(seconds(since) - 6) <= 0.3, `since ${seconds(since)}`);
    const others = all.observations.filter(({ kind, reason: why }) => why !== 'window_blur' && kind !== 'camera_blocked');
    assert.deepEqual(others, []);
  });
}

test('a camera that stopped shows its last frame, and nothing of now', async () => {
  const { camera, monitor, observations } = await watching();
  camera.stopsAt = Date.now();
  await pass(20);
  const { state, reason, since } = monitor.status();
  assert.deepEqual([state, reason, observations], ['could_not_tell', 'no_frames', []]);
  assert.ok(seconds(since) <= 8.5, `since ${seconds(since)}`);
  camera.stopsAt = null;
  await pass(2);
  assert.equal(monitor.status().state, 'watching');
});

test('a covered camera is told as such, from when it was', async () => {
  const { camera, observations } = await watching();
  camera.shows = 'covered';
  await pass(6);
  camera.shows = 'candidate';
  await pass(4);
  assert.deepEqual(observations.map(({ kind, ended_at: at }) => [kind, at === null]), [
    ['camera_blocked', true],
    ['camera_blocked', false],
  ]);
  assert.ok(Math.abs(seconds(observations[1].started_at) - 6) <= 0.3);
  assert.ok(Math.abs(seconds(observations[1].ended_at) - 12) <= 0.3);
});

test('what another camera shows is not the same picture as before', async () => {
  const { track, camera, observations } = await watching();
  camera.shows = 'covered';
  await pass(5);
  track.id = 'second';
  await pass(1);
  assert.deepEqual(observations.map(({ ended_at: at }) => at === null), [true, false]);
});

test('the rate is the policy’s, lower while the battery is low, and the status says so', async () => {
  const { monitor, battery } = await watching();
  monitor.setPolicy({ ...POLICY, frames_per_second: 10 });
  await pass(6);
  let { fps, target_fps: target, slowed_by: why } = monitor.status();
  assert.deepEqual([Math.round(fps), target, why], [10, 10, null]);
  Object.assign(battery, { charging: false, level: 0.15 }).dispatchEvent(new Event('levelchange'));
  await pass(8);
  ({ fps, target_fps: target, slowed_by: why } = monitor.status());
  assert.deepEqual([Math.round(fps), target, why], [2, 10, 'battery']);
  battery.charging = true;
  battery.dispatchEvent(new Event('chargingchange'));
  await pass(6);
  assert.deepEqual([Math.round(monitor.status().fps), monitor.status().slowed_by], [10, null]);
});

test('another camera, from another angle, is no looking away', async () => {
  const { track, camera, observations } = await watching();
  camera.shows = 'right';
  await pass(4);
  assert.deepEqual(observations, []);
  track.id = 'second';
  camera.shows = 'aside';
  await pass(20);
  assert.deepEqual(observations, []);
});

test('the same camera, switched off and on again, is watched as it was before', async () => {
  const { track, camera, observations } = await watching();
  track.getSettings = () => ({ deviceId: 'built in' });
  track.id = 'second';
  await pass(5);
  track.id = 'third';
  camera.shows = 'right';
  await pass(6);
  assert.deepEqual(observations.map(({ reason }) => reason), ['looking_away']);
});

test('a failure is told with its code, and ends when the worker is there after all', async () => {
  const { tell, statuses } = await watching();
  tell('failed', 'no_webgl');
  await pass(2);
  assert.equal(statuses.at(-1), 'failed no_webgl');
  tell('ready', null);
  await pass(1);
  assert.equal(statuses.at(-1), 'watching');
});

test('a pause closes what is open, and nothing is judged in it', async () => {
  const { monitor, camera, observations, statuses } = await watching();
  camera.shows = 'friend';
  await pass(4);
  monitor.pause();
  await pass(10);
  assert.equal(statuses.at(-1), 'paused');
  assert.equal(observations.length, 2);
  assert.ok(Math.abs(seconds(observations[1].ended_at) - 10) <= 0.3);
  camera.shows = 'candidate';
  monitor.resume();
  await pass(2);
  assert.equal(statuses.at(-1), 'watching');
});

test('a hidden page is reported as such, and closed when it comes back', async () => {
  const { page, observations } = await watching();
  page.hidden = true;
  page.dispatchEvent(new Event('visibilitychange'));
  await pass(6);
  page.hidden = false;
  page.dispatchEvent(new Event('visibilitychange'));
  await pass(3);
  assert.deepEqual(observations.map(({ reason, ended_at: ended }) => [reason, ended && seconds(ended)]), [
    ['window_blur', null],
    ['window_blur', 12],
  ]);
});

test('prompts of the page itself do not count', async () => {
  const { monitor, observations } = await watching();
  monitor.pausePage();
  window.dispatchEvent(new Event('blur'));
  await pass(10);
  monitor.resumePage();
  await pass(5);
  assert.deepEqual(observations, []);
});

test('stopping closes everything that is open, the page’s too', async () => {
  const { monitor, camera, observations } = await watching();
  camera.shows = 'friend';
  window.dispatchEvent(new Event('blur'));
  await pass(4);
  monitor.stop();
  const open = new Set();
  for (const { id, ended_at: ended } of observations) ended === null ? open.add(id) : open.delete(id);
  assert.equal(observations.length, 4);
  assert.equal(open.size, 0);
  await pass(5);
  assert.equal(observations.length, 4);
});

test('coverage adds up to the time that passed', async () => {
  const { monitor, camera } = await watching();
  camera.shows = 'covered';
  await pass(10);
  camera.shows = 'candidate';
  await pass(4);
  const { seen_ms: seen, could_not_tell: not } = monitor.coverage();
  const total = seen + Object.values(not).reduce((sum, ms) => sum + ms, 0);
  assert.ok(Math.abs(total - 20_000) <= 50, `${total}`);
  assert.ok(Math.abs(not.covered - 10_000) <= 400, `${not.covered}`);
  assert.ok(not.starting >= 900 && not.starting <= 1400, `${not.starting}`);
});
