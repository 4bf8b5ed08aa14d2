/**
 * Sound from the microphone's rate to the one that the voice model was trained at: a windowed sinc, so that what lies above
 * the new rate's half does not fold down into the voice's range. Browsers give 44.1 or 48 kHz, headsets also 8 or 16.
 *
 *   const resample = createResampler(48000, 16000);
 *   resample(chunk);        // Float32Array → Float32Array; chunks of any length, one after the other
 */

// Zero crossings of the sinc on each side: enough for 60 dB, and a few dozen multiplications a sample.
const LOBES = 10;
// The filter falls off over this share of the band below the new half rate.
const ROLL_OFF = 0.9;

/**
 * @param {number} from samples a second, a whole number
 * @param {number} to
 * @returns {(chunk: Float32Array) => Float32Array}
 */
export function createResampler(from, to) {
  if (from === to) return (chunk) => chunk;
  const kernels = makeKernels(from, to);
  const taps = kernels[0].length;
  const shared = divisor(from, to);
  // What the next sample still needs of the sound so far; silence came before it.
  let kept = new Float32Array(taps / 2 - 1);
  // The next sample lies `whole` samples and `rest` / `to` of one after the first one kept.
  let whole = 0;
  let rest = 0;

  return (chunk) => {
    const sound = new Float32Array(kept.length + chunk.length);
    sound.set(kept);
    sound.set(chunk, kept.length);
    const made = [];
    while (whole + taps <= sound.length) {
      const kernel = kernels[rest / shared];
      let sum = 0;
      for (let tap = 0; tap < taps; tap += 1) sum += kernel[tap] * sound[whole + tap];
      made.push(sum);
      rest += from;
      whole += Math.floor(rest / to);
      rest %= to;
    }
    kept = sound.slice(Math.min(whole, sound.length));
    whole = Math.max(0, whole - sound.length);
    return Float32Array.from(made);
  };
}

/**
 * One kernel for each place between two samples that a new one may have.
 * @param {number} from
 * @param {number} to
 */
function makeKernels(from, to) {
  const cutoff = Math.min(1, to / from) * ROLL_OFF;
  const half = Math.ceil(LOBES / cutoff);
  const shared = divisor(from, to);
  return Array.from({ length: to / shared }, (_, index) => {
    const between = (index * shared) / to;
    const kernel = Float64Array.from({ length: 2 * half }, (_, tap) => {
      const distance = tap - (half - 1) - between;
      return sinc(cutoff * distance) * hann(distance / half);
    });
    const gain = kernel.reduce((sum, value) => sum + value, 0);
    return kernel.map((value) => value / gain);
  });
}

/** @param {number} x */
const sinc = (x) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/** @param {number} x from -1 to 1 */
const hann = (x) => (Math.abs(x) < 1 ? 0.5 + 0.5 * Math.cos(Math.PI * x) : 0);

/** @param {number} a @param {number} b @returns {number} the greatest number that divides both */
const divisor = (a, b) => (b === 0 ? a : divisor(b, a % b));
