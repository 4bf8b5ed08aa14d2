import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { createResampler } from '../../../proctor_app/static/js/watch/speech/resample.js';

/** @param {number} hertz @param {number} rate @param {number} seconds */
function tone(hertz, rate, seconds) {
  return Float32Array.from({ length: rate * seconds }, (_, index) => Math.sin((2 * Math.PI * hertz * index) / rate));
}

/** In chunks of uneven length, as they come. */
function resampled(sound, from, to) {
  const resample = createResampler(from, to);
  const made = [];
  for (let at = 0, length = 1; at < sound.length; at += length, length = (length * 7) % 1000 || 3) {
    made.push(...resample(sound.subarray(at, at + length)));
  }
  return made;
}

/** Loudness of the middle, dB: both ends lack a neighbour. */
function decibels(sound) {
  const middle = sound.slice(sound.length / 4, (3 * sound.length) / 4);
  return 10 * Math.log10(middle.reduce((sum, sample) => sum + sample * sample, 0) / middle.length + 1e-12);
}

describe('resampling', () => {
  for (const from of [8000, 16000, 22050, 32000, 44100, 48000, 96000]) {
    test(`${from} Hz gives 16 kHz, as loud as before`, () => {
      const made = resampled(tone(700, from, 1), from, 16000);
      assert.ok(Math.abs(made.length - 16000) < 60, `${made.length} samples`);
      assert.ok(Math.abs(decibels(made) + 3.01) < 0.1, `${decibels(made)} dB`);
    });
  }

  test('a tone keeps its pitch', () => {
    const made = resampled(tone(1000, 44100, 1), 44100, 16000).slice(4000, 12000);
    const crossings = made.filter((sample, index) => index > 0 && made[index - 1] < 0 && sample >= 0).length;
    assert.ok(Math.abs(crossings - 500) <= 1, `${crossings} in half a second`);
  });

  test('what is too high for the new rate does not come back as something low', () => {
    assert.ok(decibels(resampled(tone(11000, 48000, 1), 48000, 16000)) < -50);
    assert.ok(decibels(resampled(tone(15500, 44100, 1), 44100, 16000)) < -50);
  });
});
