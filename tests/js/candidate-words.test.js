import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describe as words, describeDelivery, describeState, duration } from '../../proctor_app/static/js/candidate/words.js';

describe('the mirror’s words', () => {
  it('say what was seen', () => {
    assert.equal(words({ kind: 'focus_loss', reason: 'looking_away', detail: { direction: 'right' } }), 'Looking to the right');
    assert.equal(words({ kind: 'focus_loss', reason: 'looking_away' }), 'Looking away');
    assert.equal(words({ kind: 'focus_loss', reason: 'face_not_visible' }), 'Face not visible');
    assert.equal(words({ kind: 'focus_loss', reason: 'window_blur' }), 'This page was not in front');
    assert.equal(words({ kind: 'absence' }), 'No one in view');
    assert.equal(words({ kind: 'multiple_faces', detail: { faces: 2 } }), 'Two faces');
    assert.equal(words({ kind: 'multiple_faces', detail: { faces: 7 } }), '7 faces');
    assert.equal(words({ kind: 'multiple_faces', detail: { people: 2, seen_by: 'body' } }), 'Two people in view');
    assert.equal(words({ kind: 'something_new' }), 'something new');
  });

  it('say what the camera was like, and call a hint a hint', () => {
    assert.equal(words({ kind: 'camera_frozen', detail: { picture: 'still' } }), 'Camera picture stood still');
    assert.equal(words({ kind: 'camera_frozen', detail: { picture: 'repeats' } }), 'Camera picture repeats itself');
    assert.equal(words({ kind: 'camera_changed', detail: { what: 'device' } }), 'Camera changed');
    assert.match(words({ kind: 'camera_changed', detail: { what: 'name', virtual: 'ManyCam' } }), /ManyCam\): a hint, no more/);
    assert.equal(words({ kind: 'clipboard_paste', detail: { characters: 240 } }), 'Text pasted (characters: 240)');
  });

  it('say how long', () => {
    assert.equal(duration(6200), '6 s');
    assert.equal(duration(80_000), '1 min 20 s');
    assert.equal(duration(120_000), '2 min');
    assert.equal(duration(-5), '0 s');
  });

  it('say how the monitoring goes', () => {
    assert.equal(describeState('watching'), 'on');
    assert.equal(describeState('could_not_tell', 'too_dark'), 'on, cannot see: too dark');
    assert.equal(describeState('failed', 'no_webgl'), 'not running');
  });
});

describe('what is said about delivery', () => {
  const well = { pending: 0, rejected: 0, lost: 0, is_durable: true };

  it('is nothing when all is well', () => assert.equal(describeDelivery(well), ''));

  it('counts what waits, and asks to keep the page open only where that matters', () => {
    assert.match(describeDelivery({ ...well, pending: 1 }), /^One entry was not handed over yet/);
    assert.match(describeDelivery({ ...well, pending: 3, is_durable: false }), /^3 entries were .* leave it open\.$/);
    assert.doesNotMatch(describeDelivery({ ...well, is_durable: false }), /open/);
  });

  it('hides neither a refusal nor a loss', () => {
    assert.match(describeDelivery({ ...well, rejected: 2 }), /2 entries were not taken/);
    assert.match(describeDelivery({ ...well, lost: 1 }), /One entry was lost/);
  });
});
