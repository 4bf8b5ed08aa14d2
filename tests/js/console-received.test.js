import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { START, answer, problem, readQuantiser } from '../../proctor_app/static/js/console/received.js';

const FINE = { frames: 15, width: 640, height: 480, quantiser: { codec: 'VP8', mean: 30 } };
/** A well-lit room with somebody in front of the camera. */
const FACE = {
  at: 0, faces: 1, yaw: 3, pitch: -12, face_width: 0.25, cut_off: false, luma: 110, contrast: 50, sharpness: 9,
};
const NOBODY = { ...FACE, faces: 0, yaw: null, pitch: null, face_width: null };

/** What the last of these readings, one a second, is answered with. @param {object[]} readings */
function last(...readings) {
  let seen = START;
  let look;
  readings.forEach((reading, index) => ({ seen, look } = answer(seen, /** @type {any} */ ({ at: index * 1000, ...reading }))));
  return look;
}

/** @param {object} reading @param {number} times @param {number} from seconds */
const repeated = (reading, times, from = 0) =>
  Array.from({ length: times }, (_, index) => ({ ...reading, at: (from + index) * 1000 }));

describe('the received picture', () => {
  it('is fit to be looked at when it moves, is large enough and not coarse', () => {
    assert.equal(problem(FINE), null);
    assert.equal(problem({ ...FINE, quantiser: null }), null);
  });

  it('is not when it stands still, is small, or is coarse', () => {
    assert.equal(problem({ ...FINE, frames: 1 }), 'picture_stands_still');
    assert.equal(problem({ ...FINE, width: 160, height: 120 }), 'picture_small');
    assert.equal(problem({ ...FINE, quantiser: { codec: 'VP8', mean: 110 } }), 'picture_coarse');
    assert.equal(problem({ ...FINE, quantiser: { codec: 'VP9', mean: 110 } }), null);
  });
});

describe('a second look', () => {
  it('counts faces', () => {
    assert.deepEqual(last(...repeated(FACE, 5)), { faces: 1, could_not_tell: null });
    assert.deepEqual(last(...repeated(FACE, 5), { ...FACE, faces: 2, at: 5000 }), { faces: 2, could_not_tell: null });
    assert.deepEqual(last(...repeated(FACE, 5), { ...NOBODY, at: 5000 }), { faces: 0, could_not_tell: null });
  });

  it('says nothing about a picture that is dark or covered', () => {
    assert.deepEqual(last(...repeated(FACE, 5), { ...NOBODY, at: 5000, luma: 4, contrast: 3, sharpness: 2 }).faces, null);
    assert.deepEqual(last(...repeated(FACE, 5), { ...NOBODY, at: 5000, luma: 1, contrast: 0.3, sharpness: 0.1 }).faces, null);
  });

  it('takes a face that was lost while turned away to be there still, but not for ever', () => {
    const turned = { ...FACE, yaw: 45, at: 5000 };
    assert.equal(last(...repeated(FACE, 5), turned, { ...NOBODY, at: 6000 }).could_not_tell, 'face_turned');
    assert.equal(last(...repeated(FACE, 5), turned, { ...NOBODY, at: 24_000 }).could_not_tell, 'face_turned');
    assert.equal(last(...repeated(FACE, 5), turned, { ...NOBODY, at: 26_000 }).faces, 0);
  });

  it('holds a turn against how the head is held most of the time', () => {
    const low = { ...FACE, pitch: -24 };
    assert.equal(last(...repeated(low, 5), { ...NOBODY, at: 5000 }).faces, 0);
  });

  it('says the same of a face that was small, or cut off by the edge', () => {
    assert.equal(last(...repeated({ ...FACE, face_width: 0.1 }, 5), { ...NOBODY, at: 5000 }).could_not_tell, 'face_small');
    assert.equal(last(...repeated({ ...FACE, cut_off: true }, 5), { ...NOBODY, at: 5000 }).could_not_tell, 'face_cut_off');
  });
});

describe('how coarsely it was coded', () => {
  const report = (/** @type {number} */ framesDecoded, /** @type {number|undefined} */ qpSum) =>
    /** @type {[string, any][]} */ ([
      ['in', { type: 'inbound-rtp', kind: 'video', framesDecoded, qpSum, codecId: 'codec' }],
      ['codec', { type: 'codec', mimeType: 'video/VP8' }],
    ]);

  it('is the mean quantiser since the last report', () => {
    const first = readQuantiser(report(100, 3000), null);
    assert.equal(first.quantiser, null);
    assert.deepEqual(readQuantiser(report(115, 3900), first.coded).quantiser, { codec: 'VP8', mean: 60 });
  });

  it('is unknown where the browser does not tell', () => {
    assert.deepEqual(readQuantiser(report(100, undefined), null), { coded: null, quantiser: null });
    assert.deepEqual(readQuantiser([], null), { coded: null, quantiser: null });
  });
});
