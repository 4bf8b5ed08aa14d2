import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  brightness, changeFrom, describe, HEIGHT, lumaInside, noiseOf, printOf, WIDTH,
} from '../../proctor_app/static/js/watch/picture.js';
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

/** A whole picture of `value(x, y)` with noise of this standard deviation, the same at each run. */
function whole(value, sigma = 0, width = 640, height = 480) {
  const rgba = new Uint8ClampedArray(width * height * 4);
  let seed = 1;
  const uniform = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    const normal = Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
    rgba.fill(value(pixel % width, Math.floor(pixel / width)) + sigma * normal, pixel * 4, pixel * 4 + 3);
  }
  return rgba;
}
const near = (actual, expected, by) => assert.ok(Math.abs(actual - expected) <= by, `${actual} is not ${expected}`);

test('noise is what the sensor adds, not what the picture shows', () => {
  const room = (x, y) => 120 + 40 * Math.sin(x / 60) + (x > 200 && x < 260 && y % 9 < 4 ? 60 : 0);
  near(noiseOf(whole(room), 640, 480), 0, 0.4);
  near(noiseOf(whole(room, 2.5), 640, 480), 2.5, 0.4);
  near(noiseOf(whole(room, 6), 640, 480), 6, 0.8);
});

test('a dark room has noise, a covered lens has none', () => {
  assert.ok(noiseOf(whole(() => 8, 2.5), 640, 480) > 1.5);
  assert.ok(noiseOf(whole(() => 2, 0.4), 640, 480) < 0.8);
  assert.equal(noiseOf(whole(() => 0), 640, 480), 0);
});

test('a picture too small to measure has no noise', () => {
  assert.equal(noiseOf(whole(() => 8, 2.5, 64, 48), 64, 48), 0);
});

test('change is the mean difference to the copy before, and nothing for the first', () => {
  assert.equal(changeFrom(new Float32Array([10, 20]), null), null);
  assert.equal(changeFrom(new Float32Array([10, 20]), new Float32Array([10, 20])), 0);
  assert.equal(changeFrom(new Float32Array([10, 20]), new Float32Array([12, 14])), 4);
});

test('the same picture has the same print, and one bit anywhere makes it another', () => {
  const first = whole((x, y) => (x * y) % 251);
  assert.equal(printOf(first), printOf(first.slice()));
  const prints = new Set([printOf(first)]);
  for (const byte of [0, 1, 2, 640 * 240 * 4 + 1281, first.length - 2]) {
    const other = first.slice();
    other[byte] ^= 1;
    prints.add(printOf(other));
  }
  assert.equal(prints.size, 6);
});

test('what moved by one pixel has another print', () => {
  assert.notEqual(printOf(whole((x) => (x === 100 ? 255 : 0))), printOf(whole((x) => (x === 101 ? 255 : 0))));
});
