import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brightness, describe, HEIGHT, lumaInside, WIDTH } from '../../proctor_app/static/js/watch/picture.js';
import { unseen } from '../../proctor_app/static/js/watch/visibility.js';

/** A picture whose brightness at each pixel is `value(x, y)`. */
function picture(value) {
  const rgba = new Uint8ClampedArray(WIDTH * HEIGHT * 4);
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) rgba.fill(value(x, y), (y * WIDTH + x) * 4, (y * WIDTH + x) * 4 + 3);
  }
  return describe(brightness(rgba), WIDTH, HEIGHT);
}

const judged = (measured, rest = {}, lit = 110) => unseen({ faces: 0, cut_off: false, ...measured, ...rest }, lit);

test('green counts most, blue least', () => {
  const [red, green, blue] = brightness(new Uint8ClampedArray([255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255]));
  assert.deepEqual([red, green, blue].map(Math.round), [76, 150, 29]);
});

test('a flat picture has brightness and nothing else', () => {
  assert.deepEqual(picture(() => 80), { luma: 80, contrast: 0, sharpness: 0 });
});

test('a chess board is as sharp as can be', () => {
  const { luma, contrast, sharpness } = picture((x, y) => ((x + y) % 2) * 200);
  assert.deepEqual([luma, contrast, sharpness].map(Math.round), [100, 100, 200]);
});

test('the brightness of a face is that inside its box, also where the box leaves the picture', () => {
  const luma = new Float32Array(WIDTH * HEIGHT).map((_, pixel) => (pixel % WIDTH < WIDTH / 2 ? 10 : 90));
  assert.equal(lumaInside(luma, WIDTH, HEIGHT, { x: 0.5, y: 0.2, width: 0.25, height: 0.5 }), 90);
  assert.equal(lumaInside(luma, WIDTH, HEIGHT, { x: -0.5, y: -0.5, width: 0.75, height: 1 }), 10);
  assert.equal(lumaInside(luma, WIDTH, HEIGHT, { x: 1.2, y: 0, width: 0.2, height: 1 }), null);
});

test('a black or flat picture is a covered camera', () => {
  assert.equal(judged(picture(() => 1)), 'covered');
  assert.equal(judged(picture((x) => 140 + x / 32)), 'covered');
});

test('so is a much darker one in which little varies', () => {
  const finger = picture((x, y) => 22 + x / 10 + (y % 2));
  assert.equal(judged(finger), 'covered');
  assert.equal(judged(finger, {}, 24), null);
});

test('a room in which the light went out is too dark to tell', () => {
  const dark = picture((x, y) => (x > 40 && y > 20 ? 22 : 4) + (y % 3));
  assert.equal(judged(dark), 'too_dark');
  assert.equal(judged(dark, {}, null), 'too_dark');
});

test('one in which a face was found in the same light is not', () => {
  const dark = picture((x, y) => (x > 40 && y > 20 ? 22 : 4) + (y % 3));
  assert.equal(judged(dark, {}, 11), null);
});

test('shading only is a picture out of focus', () => {
  assert.equal(judged(picture((x) => 60 + x * 2)), 'blurred');
});

test('a room without anybody can be seen', () => {
  assert.equal(judged(picture((x, y) => 120 + 30 * Math.sin(x / 3) + (y % 7) * 4)), null);
});

test('where a face was found the picture was good enough; cut off, its angles were not', () => {
  const black = picture(() => 1);
  assert.equal(judged(black, { faces: 1 }), null);
  assert.equal(judged(black, { faces: 1, cut_off: true }), 'face_cut_off');
  assert.equal(judged(black, { faces: 2, cut_off: true }), null);
});
