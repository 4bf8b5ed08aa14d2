/**
 * What a picture is like as a picture: is there enough in it to see a face at all? Pure.
 *
 * `luma` is its mean brightness, 0 to 255. `contrast` is the standard deviation of the brightness: a covered lens is
 * flat. `sharpness` is the mean absolute difference between neighbouring pixels: a picture out of focus has little.
 * All are of a small copy of the picture, `WIDTH` by `HEIGHT`, so sensor noise does not count as detail.
 */

export const WIDTH = 64;
export const HEIGHT = 48;

/** @typedef {{luma: number, contrast: number, sharpness: number}} Picture */
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
 * @returns {Picture}
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
