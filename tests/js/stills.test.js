import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cut, head, isPictured, keptSize, shoulders, SIZE, thingsOf } from '../../proctor_app/static/js/watch/stills.js';

const PICTURE = { width: 640, height: 480 };
const FACE = { x: 260, y: 140, width: 120, height: 160 };

/** @param {import('../../proctor_app/static/js/watch/stills.js').Box} outer @param {typeof outer} inner */
const holds = (outer, inner) =>
  outer.x <= inner.x && outer.y <= inner.y && outer.x + outer.width >= inner.x + inner.width && outer.y + outer.height >= inner.y + inner.height;

describe('where a still is cut', () => {
  it('is around head and shoulders, and leaves the room out', () => {
    const part = cut([FACE], PICTURE);
    assert.ok(holds(part, FACE));
    assert.ok(part.width < 640 && part.height < 480);
    assert.ok(Math.abs(part.width / part.height - SIZE.width / SIZE.height) < 0.02);
    const hair = head(FACE);
    assert.ok(part.y < hair.y - hair.ry && part.x < hair.x - hair.rx);
  });

  it('holds everybody', () => {
    const other = { x: 520, y: 200, width: 80, height: 100 };
    const part = cut([FACE, other], PICTURE);
    assert.ok(holds(part, FACE) && holds(part, other));
  });

  it('holds the phone that it is about', () => {
    const phone = { x: 40, y: 400, width: 40, height: 60 };
    assert.ok(holds(cut([FACE], PICTURE, [phone]), phone));
  });

  for (const [where, x, y] of /** @type {[string, number, number][]} */ ([
    ['the left', -40, 150],
    ['the right', 600, 150],
    ['the top', 260, -60],
    ['the bottom', 260, 420],
  ])) {
    it(`stays inside the picture with a face at ${where}`, () => {
      const part = cut([{ ...FACE, x, y }], PICTURE);
      assert.ok(holds({ x: 0, y: 0, ...PICTURE }, part), JSON.stringify(part));
    });
  }

  it('is the whole picture for a face that fills it, and without any', () => {
    assert.deepEqual(cut([{ x: 60, y: 20, width: 500, height: 440 }], PICTURE), { x: 0, y: 0, ...PICTURE });
    assert.deepEqual(cut([], PICTURE), { x: 0, y: 0, ...PICTURE });
  });

  it('reads a canvas as it reads a size', () => {
    class Canvas {
      get width() {
        return 640;
      }
      get height() {
        return 480;
      }
    }
    assert.deepEqual(cut([], new Canvas()), { x: 0, y: 0, ...PICTURE });
  });

  it('keeps the shape of a picture that is upright or very wide', () => {
    for (const picture of [{ width: 360, height: 640 }, { width: 1280, height: 360 }]) {
      const part = cut([{ x: 120, y: 100, width: 100, height: 130 }], picture);
      const size = keptSize(part);
      assert.ok(holds({ x: 0, y: 0, ...picture }, part));
      assert.ok(size.width <= SIZE.width && size.height <= SIZE.height);
      assert.ok(Math.abs(size.width / size.height - part.width / part.height) < 0.03);
    }
  });
});

it('nothing is made larger than it was seen', () => {
  assert.deepEqual(keptSize({ width: 640, height: 480 }), { width: 320, height: 240 });
  assert.deepEqual(keptSize({ width: 100, height: 75 }), { width: 100, height: 75 });
});

it('shoulders are even, widen downwards and reach the edge of the picture', () => {
  const points = shoulders(FACE, PICTURE);
  const middle = FACE.x + FACE.width / 2;
  points.forEach((point, index) => {
    const opposite = points[points.length - 1 - index];
    assert.ok(Math.abs(point.x - middle + (opposite.x - middle)) < 1e-9 && point.y === opposite.y);
  });
  const left = points.slice(0, points.length / 2);
  assert.ok(left.every((point, index) => index === 0 || (point.x <= left[index - 1].x && point.y >= left[index - 1].y)));
  assert.ok(Math.max(...points.map(({ y }) => y)) >= PICTURE.height);
});

it('only what the camera saw has one', () => {
  for (const [kind, reason] of [['absence'], ['multiple_faces'], ['focus_loss', 'looking_away'], ['phone_visible'], ['camera_blocked']]) {
    assert.ok(isPictured({ kind, reason }), kind);
  }
  for (const [kind, reason] of [['focus_loss', 'window_blur'], ['clipboard_paste'], ['second_voice'], ['extra_display'], ['monitoring_gap']]) {
    assert.ok(!isPictured({ kind, reason }), kind);
  }
});

it('shows the thing that an incident is about, and no other', () => {
  const box = { x: 0.1, y: 0.2, width: 0.1, height: 0.2 };
  const look = { objects: [{ label: 'phone', box }, { label: 'book', box: { ...box, x: 0.7 } }] };
  assert.deepEqual(thingsOf('phone_visible', look), [box]);
  assert.deepEqual(thingsOf('absence', look), []);
  assert.deepEqual(thingsOf('phone_visible', null), []);
});
