/**
 * What a picture is like as a picture: is there enough in it to see a face at all? Pure.
 *
 * `luma` is its mean brightness, 0 to 255. `contrast` is the standard deviation of the brightness: a covered lens is
 * flat. `sharpness` is the mean absolute difference between neighbouring pixels: a picture out of focus has little.
 * All are of a small copy of the picture, `WIDTH` by `HEIGHT`, so sensor noise does not count as detail.
 *
 * Whether the picture is alive shows in the whole picture and from one to the next: `noise` is the standard deviation of
 * the sensor's noise, which no dark room is without and a covered lens or a drawn picture is; `change` how much the small copy differs
 * from the one before; `print` the same number for the same picture, bit for bit, and another for any other. None of
 * them tells what is in the picture.
 */

export const WIDTH = 64;
export const HEIGHT = 48;

// Noise is measured in squares of this many pixels, as many across and down; a quarter of them must be plain enough.
const SQUARE = 16;
const ACROSS = 8;
const DOWN = 6;
const PLAIN_SHARE = 0.25;
const FNV_START = 0x811c9dc5 | 0;
const FNV_PRIME = 0x01000193;

/** @typedef {{luma: number, contrast: number, sharpness: number}} Look */
/**
 * @typedef {Object} Life
 * @property {number} noise luma levels, 0 to 255; 0 where the picture is too small to measure it
 * @property {number|null} change mean absolute difference to the small copy before, luma levels; null for the first
 * @property {number} print 32 bits, as a signed number
 */
/** @typedef {Look & Life} Picture */
/** @typedef {{x: number, y: number, width: number, height: number}} Box shares of the picture, 0 to 1, from its top left */

/**
 * @param {Uint8ClampedArray} rgba four bytes a pixel
 * @returns {Float32Array} brightness by pixel, 0 to 255
 */
export function brightness(rgba) {
  const luma = new Float32Array(rgba.length / 4);
  for (let pixel = 0, byte = 0; pixel < luma.length; pixel += 1, byte += 4) {
    luma[pixel] = 0.299 * rgba[byte] + 0.587 * rgba[byte + 1] + 0.114 * rgba[byte + 2];
  }
  return luma;
}

/**
 * @param {Float32Array} luma
 * @param {number} width
 * @param {number} height
 * @returns {Look}
 */
export function describe(luma, width, height) {
  let sum = 0;
  let squares = 0;
  let steps = 0;
  for (let y = 0, pixel = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, pixel += 1) {
      const value = luma[pixel];
      sum += value;
      squares += value * value;
      if (x + 1 < width) steps += Math.abs(value - luma[pixel + 1]);
      if (y + 1 < height) steps += Math.abs(value - luma[pixel + width]);
    }
  }
  const pixels = width * height;
  const mean = sum / pixels;
  return {
    luma: mean,
    contrast: Math.sqrt(Math.max(0, squares / pixels - mean * mean)),
    sharpness: steps / (2 * pixels - width - height),
  };
}

/**
 * The mean brightness inside `box`; null where the box has no pixel in the picture.
 * @param {Float32Array} luma
 * @param {number} width
 * @param {number} height
 * @param {Box} box
 */
export function lumaInside(luma, width, height, box) {
  const left = Math.max(0, Math.floor(box.x * width));
  const top = Math.max(0, Math.floor(box.y * height));
  const right = Math.min(width, Math.ceil((box.x + box.width) * width));
  const bottom = Math.min(height, Math.ceil((box.y + box.height) * height));
  let sum = 0;
  for (let y = top; y < bottom; y += 1) {
    for (let x = left; x < right; x += 1) sum += luma[y * width + x];
  }
  const pixels = (right - left) * (bottom - top);
  return right > left && bottom > top ? sum / pixels : null;
}

/**
 * The standard deviation of the noise, by the mean absolute value of a mask that cancels anything that changes evenly
 * across three pixels (J. Immerkær, "Fast noise variance estimation", 1996). Edges and textures are left over by it too, so it is taken
 * where the picture is plainest.
 * @param {Uint8ClampedArray} rgba
 * @param {number} width
 * @param {number} height
 * @returns {number}
 */
export function noiseOf(rgba, width, height) {
  if (width < SQUARE * ACROSS || height < SQUARE * DOWN) return 0;
  const rest = [];
  for (let row = 0; row < DOWN; row += 1) {
    const top = Math.floor(((row + 0.5) * height) / DOWN - SQUARE / 2);
    for (let column = 0; column < ACROSS; column += 1) {
      const left = Math.floor(((column + 0.5) * width) / ACROSS - SQUARE / 2);
      rest.push(restIn(rgba, width, left, top));
    }
  }
  rest.sort((a, b) => a - b);
  return (Math.sqrt(Math.PI / 2) / 6) * rest[Math.floor(rest.length * PLAIN_SHARE)];
}

/**
 * What the mask leaves of one square, in green: most of the brightness, and in most cameras the least interpolated.
 * @param {Uint8ClampedArray} rgba
 * @param {number} width
 * @param {number} left
 * @param {number} top
 */
function restIn(rgba, width, left, top) {
  const line = width * 4;
  let sum = 0;
  for (let y = top + 1; y < top + SQUARE - 1; y += 1) {
    let at = y * line + (left + 1) * 4 + 1;
    for (let x = 1; x < SQUARE - 1; x += 1, at += 4) {
      const corners = rgba[at - line - 4] + rgba[at - line + 4] + rgba[at + line - 4] + rgba[at + line + 4];
      const sides = rgba[at - line] + rgba[at + line] + rgba[at - 4] + rgba[at + 4];
      sum += Math.abs(corners - 2 * sides + 4 * rgba[at]);
    }
  }
  return sum / (SQUARE - 2) ** 2;
}

/**
 * How much one small copy differs from the one before: the mean absolute difference, luma levels.
 * @param {Float32Array} luma
 * @param {Float32Array|null} before
 * @returns {number|null}
 */
export function changeFrom(luma, before) {
  if (!before || before.length !== luma.length) return null;
  let sum = 0;
  for (let pixel = 0; pixel < luma.length; pixel += 1) sum += Math.abs(luma[pixel] - before[pixel]);
  return sum / luma.length;
}

/**
 * The picture's fingerprint: the same picture has the same one; that two others share one by chance is one in four billion.
 * FNV-1a by pixel, turned after each so that every bit of a pixel reaches every bit of the fingerprint; the halves of the picture
 * by themselves, because a processor then does both at once.
 * @param {Uint8ClampedArray} rgba
 * @returns {number}
 */
export function printOf(rgba) {
  const pixels = new Int32Array(rgba.buffer, rgba.byteOffset, rgba.byteLength / 4);
  const half = pixels.length >> 1;
  let upper = FNV_START;
  let lower = pixels[pixels.length - 1] ^ FNV_START;
  for (let index = 0; index < half; index += 1) {
    upper = Math.imul(upper ^ pixels[index], FNV_PRIME);
    lower = Math.imul(lower ^ pixels[half + index], FNV_PRIME);
    upper = (upper << 15) | (upper >>> 17);
    lower = (lower << 15) | (lower >>> 17);
  }
  return Math.imul(upper ^ (lower >>> 7), FNV_PRIME) ^ lower;
}
