import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeProblem, levelOf } from '../../proctor_app/static/js/call/media.js';

describe('what is said when a device does not open', () => {
  for (const [code, message, fix] of [
    ['NotAllowedError', /does not let this page use the camera/, /Allow/],
    ['NotFoundError', /No camera was found/, /Connect one/],
    ['NotReadableError', /does not start/, /Another program/],
    ['OverconstrainedError', /cannot do what is needed/, /Choose another/],
    ['insecure', /without HTTPS/, /https:/],
    ['ended', /has stopped/, /Try again/],
    ['SomethingNew', /could not be started \(SomethingNew\)/, /Try again/],
  ]) {
    it(`${code}: what happened and what to do`, () => {
      const problem = describeProblem(code, 'video');
      assert.equal(problem.code, code);
      assert.match(problem.message, message);
      assert.match(problem.fix, fix);
    });
  }

  it('names the device', () => {
    assert.match(describeProblem('NotFoundError', 'audio').message, /microphone/);
  });
});

describe('the level meter', () => {
  it('is empty in silence, full at full scale, and half way at -30 dB', () => {
    assert.equal(levelOf(new Float32Array(64)), 0);
    assert.equal(levelOf(new Float32Array(64).fill(1)), 1);
    assert.ok(Math.abs(levelOf(new Float32Array(64).fill(10 ** (-30 / 20))) - 0.5) < 0.001);
  });
});
