import assert from 'node:assert/strict';
import { beforeEach, describe, mock, test } from 'node:test';
import * as devtools from '../../proctor_app/static/js/watch/devtools.js';
import { createSignalsWatch } from '../../proctor_app/static/js/watch/signals.js';
import { ids, POLICY } from './scenes.js';

/** Let time pass in steps: a timer that fires in a long one sees its end as the time. */
function pass(ms) {
  for (let passed = 0; passed < ms; passed += 50) mock.timers.tick(50);
}

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ['setInterval', 'Date'] });
});

/** A page with a window and a screen around the watcher. */
function setUp(policy = POLICY) {
  const document = Object.assign(new EventTarget(), { fullscreenElement: null });
  const window = Object.assign(new EventTarget(), {
    innerWidth: 1280, innerHeight: 640, outerWidth: 1280, outerHeight: 760, devicePixelRatio: 1,
  });
  const screen = { isExtended: false };
  Object.assign(globalThis, { document, window, screen });
  const told = [];
  const watch = createSignalsWatch({ now: Date.now, newId: ids(), onObservation: (one) => told.push(one) });
  watch.start(policy);
  const fullscreen = (element) => {
    document.fullscreenElement = element;
    document.dispatchEvent(new Event('fullscreenchange'));
  };
  const resize = (sizes) => {
    Object.assign(window, sizes);
    window.dispatchEvent(new Event('resize'));
  };
  const press = (keys) => {
    const none = { key: '', code: '', ctrlKey: false, metaKey: false, shiftKey: false, altKey: false };
    document.dispatchEvent(Object.assign(new Event('keydown'), none, keys));
  };
  const paste = (text) => {
    document.dispatchEvent(Object.assign(new Event('paste'), { clipboardData: { getData: () => text, files: [] } }));
  };
  return { screen, watch, told, fullscreen, resize, press, paste };
}

const brief = (told) => told.map(({ kind, started_at: from, ended_at: to }) => [kind, from, to]);

describe('extra_display', () => {
  test('lasts while there is more than one display', () => {
    const { screen, told } = setUp();
    pass(5000);
    screen.isExtended = true;
    pass(4000);
    screen.isExtended = false;
    pass(4000);
    assert.deepEqual(brief(told), [['extra_display', 6000, null], ['extra_display', 6000, 10_000]]);
    assert.equal(told[0].id, told[1].id);
  });

  test('is not guessed where the browser does not tell', () => {
    const { screen, told } = setUp();
    delete screen.isExtended;
    pass(5000);
    assert.deepEqual(told, []);
  });
});

describe('fullscreen_exit', () => {
  test('lasts until full screen is entered again', () => {
    const { told, fullscreen } = setUp();
    pass(2000);
    fullscreen({});
    pass(2000);
    fullscreen(null);
    pass(3000);
    fullscreen({});
    assert.deepEqual(brief(told), [['fullscreen_exit', 4000, null], ['fullscreen_exit', 4000, 7000]]);
  });

  test('is nothing where it never was full screen', () => {
    const { told, resize } = setUp();
    resize({ innerWidth: 600, outerWidth: 600 });
    pass(5000);
    assert.deepEqual(told, []);
  });

  test('nor where a prompt of ours ended it', () => {
    const { watch, told, fullscreen } = setUp();
    fullscreen({});
    watch.pause();
    fullscreen(null);
    watch.resume();
    pass(5000);
    assert.deepEqual(told, []);
  });
});

describe('what happened while it was not watched for is not held against anybody later', () => {
  const relaxed = { ...POLICY, detectors: ['extra_display'] };

  test('a full screen that was left', () => {
    const { watch, told, fullscreen } = setUp();
    fullscreen({});
    watch.setPolicy(relaxed);
    pass(2000);
    fullscreen(null);
    pass(2000);
    watch.setPolicy(POLICY);
    pass(5000);
    assert.deepEqual(told, []);
  });

  test('developer tools that were opened', () => {
    const { watch, told, press, resize } = setUp();
    pass(2000);
    watch.setPolicy(relaxed);
    pass(2000);
    press({ key: 'F12', code: 'F12' });
    resize({ innerHeight: 400 });
    pass(2000);
    watch.setPolicy(POLICY);
    pass(5000);
    assert.deepEqual(told, []);
  });
});

test('of a paste its length is told, never the text', () => {
  const { told, paste } = setUp();
  pass(3000);
  paste('my secret text');
  assert.deepEqual(brief(told), [['clipboard_paste', 3000, 3000]]);
  assert.deepEqual(told[0].detail, { characters: 14, files: 0 });
  assert.doesNotMatch(JSON.stringify(told), /secret/);
});

describe('devtools_open', () => {
  const F12 = { key: 'F12', code: 'F12' };
  const docked = [
    ['below', F12, { innerHeight: 400 }],
    ['beside', { key: 'I', code: 'KeyI', ctrlKey: true, shiftKey: true }, { innerWidth: 800 }],
    ['on a Mac', { key: '^', code: 'KeyI', metaKey: true, altKey: true }, { innerWidth: 700 }],
  ];
  for (const [where, keys, sizes] of docked) {
    test(`docked ${where}: from the keys to the room that comes back`, () => {
      const { told, press, resize } = setUp();
      pass(3000);
      press(keys);
      pass(200);
      resize(sizes);
      pass(4800);
      resize({ innerWidth: 1280, innerHeight: 640 });
      pass(2000);
      assert.deepEqual(brief(told), [['devtools_open', 3000, null], ['devtools_open', 3000, 8000]]);
    });
  }

  const innocent = {
    'a window made smaller': ({ resize }) => resize({ innerWidth: 700, outerWidth: 700 }),
    'zooming in': ({ resize }) => resize({ innerWidth: 640, innerHeight: 320, devicePixelRatio: 2 }),
    'a side panel of the browser': ({ resize }) => resize({ innerWidth: 900 }),
    'a toolbar': ({ resize }) => resize({ innerHeight: 600 }),
    'the keys alone': ({ press }) => press(F12),
    'the keys, and a find bar': ({ press, resize }) => {
      press(F12);
      resize({ innerHeight: 590 });
    },
    'the keys, and a window made smaller': ({ press, resize }) => {
      press(F12);
      resize({ innerWidth: 700, outerWidth: 700 });
    },
    'the keys, and zooming in': ({ press, resize }) => {
      press(F12);
      resize({ innerWidth: 640, innerHeight: 320, devicePixelRatio: 2 });
    },
    'the keys, and a side panel a while later': ({ press, resize }) => {
      press(F12);
      pass(3000);
      resize({ innerWidth: 800 });
    },
    'other keys, and a side panel': ({ press, resize }) => {
      press({ key: 'i', code: 'KeyI', ctrlKey: true });
      resize({ innerWidth: 800 });
    },
  };
  for (const [what, happens] of Object.entries(innocent)) {
    test(`never for ${what}`, () => {
      const all = setUp();
      pass(3000);
      happens(all);
      pass(10_000);
      assert.deepEqual(all.told, []);
    });
  }

  test('a window that was moved to another size says nothing any more', () => {
    let state = devtools.sized(devtools.START, { width: 1280, height: 640, outerWidth: 1280, outerHeight: 760, zoom: 1 }, 0);
    state = devtools.sized(devtools.pressed(state, 10), { ...state.last, height: 300 }, 20);
    assert.ok(state.open);
    assert.equal(devtools.sized(state, { ...state.last, outerHeight: 500 }, 30).open, null);
  });
});

describe('what is watched for', () => {
  test('nothing that the policy does not list', () => {
    const { screen, told, fullscreen, paste } = setUp({ ...POLICY, detectors: [] });
    screen.isExtended = true;
    fullscreen({});
    fullscreen(null);
    paste('text');
    pass(5000);
    assert.deepEqual(told, []);
  });

  test('what is open ends when it is not watched for any more, and all of it at the end', () => {
    const { screen, watch, told, fullscreen } = setUp();
    screen.isExtended = true;
    fullscreen({});
    fullscreen(null);
    pass(5000);
    watch.setPolicy({ ...POLICY, detectors: ['extra_display'] });
    assert.deepEqual(told.filter(({ ended_at: at }) => at !== null).map(({ kind }) => kind), ['fullscreen_exit']);
    pass(2000);
    watch.stop();
    screen.isExtended = false;
    pass(2000);
    assert.deepEqual(brief(told.slice(3)), [['extra_display', 0, 7000]]);
  });
});
