import assert from 'node:assert/strict';
import { beforeEach, describe, mock, test } from 'node:test';
import { cameraOf, changeOf, createCameraWatch } from '../../proctor_app/static/js/watch/camera-change.js';
import { ids, POLICY } from './scenes.js';

/** Let time pass in steps: a timer that fires in a long one sees its end as the time. */
function pass(ms) {
  for (let passed = 0; passed < ms; passed += 50) mock.timers.tick(50);
}

const CAMERA = { device: 'a', width: 640, height: 480, virtual: null };

describe('what changed', () => {
  test('nothing, where the same camera was switched off and on', () => {
    assert.equal(changeOf(CAMERA, { ...CAMERA }), null);
    assert.equal(changeOf(null, CAMERA), null);
  });

  test('another device, another resolution', () => {
    assert.deepEqual(changeOf(CAMERA, { ...CAMERA, device: 'b' }), { what: 'device', from: '640×480', to: '640×480' });
    assert.deepEqual(changeOf(CAMERA, { ...CAMERA, width: 1280, height: 720 }), {
      what: 'resolution', from: '640×480', to: '1280×720',
    });
  });

  test('not a phone that was turned', () => {
    assert.equal(changeOf(CAMERA, { ...CAMERA, width: 480, height: 640 }), null);
  });

  test('a canvas in place of the camera', () => {
    assert.equal(changeOf(CAMERA, { ...CAMERA, device: '' }).what, 'no device');
  });

  test('a virtual camera’s name, which is a hint and says so', () => {
    const virtual = { ...CAMERA, device: 'b', virtual: 'ManyCam' };
    assert.deepEqual(changeOf(null, virtual), { what: 'name', virtual: 'ManyCam', hint: true });
    assert.equal(changeOf(CAMERA, virtual).hint, true);
  });
});

test('no name leaves the page but one of the list', () => {
  const named = (label) => cameraOf({ label, getSettings: () => ({ deviceId: 'a' }) }, { videoWidth: 640, videoHeight: 480 });
  for (const label of ['Anna’s iPhone Camera', 'HD Pro Webcam C920 (046d:082d)', 'FaceTime HD', 'fake_device_0', 'DroidCam Source 3', '']) {
    assert.deepEqual(named(label), CAMERA, label);
  }
  assert.equal(named('OBS Virtual Camera (m-de:vice)').virtual, 'OBS Virtual Camera');
  assert.equal(named('manycam virtual webcam').virtual, 'ManyCam');
});

describe('the watcher', () => {
  beforeEach(() => {
    mock.timers.reset();
    mock.timers.enable({ apis: ['setInterval', 'Date'] });
  });

  function setUp(memory) {
    const track = { label: 'webcam', readyState: 'live', enabled: true, deviceId: 'a', getSettings: () => ({ deviceId: track.deviceId }) };
    globalThis.MediaStream = class {
      getVideoTracks() {
        return [track];
      }
    };
    const video = { srcObject: new MediaStream(), videoWidth: 640, videoHeight: 480 };
    const told = [];
    const watch = createCameraWatch({ now: Date.now, newId: ids(), onObservation: (one) => told.push(one), memory });
    watch.start(video, POLICY);
    return { track, video, watch, told };
  }

  test('tells each change once, closed at once', () => {
    const { track, video, told } = setUp();
    pass(5000);
    track.deviceId = 'b';
    video.videoWidth = 1280;
    pass(5000);
    assert.deepEqual(told.map(({ kind, detail }) => [kind, detail.what]), [['camera_changed', 'device']]);
    assert.equal(told[0].ended_at, told[0].started_at);
    assert.ok(Math.abs(told[0].started_at - 5500) <= 500);
    track.deviceId = 'a';
    pass(5000);
    assert.equal(told.length, 2);
  });

  test('waits until the picture has settled', () => {
    const { video, told } = setUp();
    video.videoWidth = 0;
    pass(2000);
    Object.assign(video, { videoWidth: 2, videoHeight: 2 });
    pass(500);
    video.videoWidth = 640;
    video.videoHeight = 480;
    pass(3000);
    assert.deepEqual(told, []);
  });

  test('a camera that is off is no other camera', () => {
    const { track, told } = setUp();
    pass(2000);
    track.enabled = false;
    track.deviceId = '';
    pass(3000);
    assert.deepEqual(told, []);
  });

  test('remembers the camera across a reload', () => {
    let kept = null;
    const memory = { recall: () => kept, remember: (camera) => (kept = camera) };
    const first = setUp(memory);
    first.track.label = 'OBS Virtual Camera';
    pass(2000);
    first.watch.stop();
    const second = setUp(memory);
    second.track.label = 'OBS Virtual Camera';
    pass(2000);
    assert.deepEqual([first.told.length, second.told.length], [1, 0]);
    second.track.deviceId = 'b';
    second.watch.stop();
    const third = setUp(memory);
    third.track.deviceId = 'c';
    third.track.label = 'webcam';
    pass(2000);
    assert.deepEqual(third.told.map(({ detail }) => detail.what), ['device']);
  });

  test('nothing that the policy does not list', () => {
    const { track, watch, told } = setUp();
    pass(2000);
    watch.setPolicy({ ...POLICY, detectors: [] });
    track.deviceId = 'b';
    pass(2000);
    assert.deepEqual(told, []);
  });
});
