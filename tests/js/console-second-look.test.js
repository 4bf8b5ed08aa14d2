import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSecondLook } from '../../proctor_app/static/js/console/second-look.js';
import { failed } from '../../proctor_app/static/js/console/second-look-state.js';

/** A second look whose workers do as told, with what was heard of it. @param {() => any} spawn */
function secondLook(spawn) {
  /** @type {string[]} */
  const states = [];
  const look = createSecondLook({
    video: /** @type {any} */ ({}),
    stats: async () => null,
    send: () => assert.fail('nothing can be sent'),
    onstate: (state, code) => states.push(code ? `${state} ${code}` : state),
    spawn,
  });
  return { look, states };
}

test('a second look that cannot run says so, and why, until it is not wanted', () => {
  const { look, states } = secondLook(() => {
    throw new Error('no_module_worker');
  });
  look.setActive(true);
  assert.deepEqual(states, ['starting', 'failed no_module_worker']);
  look.setActive(false);
  assert.equal(states.at(-1), 'off');
});

test('a worker that was let go of says nothing any more', () => {
  /** @type {any} */
  const worker = { postMessage() {}, terminate() {} };
  const { look, states } = secondLook(() => worker);
  look.setActive(true);
  const { onmessage } = worker;
  look.setActive(false);
  onmessage({ data: { type: 'failed', code: 'no_webgl' } });
  assert.deepEqual(states, ['starting', 'off']);
});

test('the words name the reason, also one that nobody thought of', () => {
  assert.match(failed('no_webgl'), /WebGL/);
  assert.match(failed('sun_spots'), /reason: sun spots/);
});
