/**
 * Silero VAD (MIT) as it wants to be asked: 512 samples at 16 kHz at a time, the last 64 of the ones before in front of
 * them, and its memory handed back to it. The engine is injected, so that Node's tests run the same model.
 *
 *   const model = await openModel(ort, bytes);
 *   const ear = model.listen();
 *   await ear(window);       // Float32Array(512) → the probability of speech, 0 to 1
 */

export const RATE = 16_000;
export const WINDOW = 512;
// Without these the model hears nothing at all (measured: 0 of 53 s of speech).
const CONTEXT = 64;
const MEMORY = [2, 1, 128];

/** @typedef {typeof import('onnxruntime-common')} Engine */
/** @typedef {(window: Float32Array) => Promise<number>} Ear */
/** @typedef {{listen: () => Ear}} VoiceModel */

/**
 * @param {Pick<Engine, 'InferenceSession'|'Tensor'>} ort
 * @param {Uint8Array} bytes
 * @returns {Promise<VoiceModel>}
 */
export async function openModel({ InferenceSession, Tensor }, bytes) {
  const session = await InferenceSession.create(bytes, { executionProviders: ['wasm'] });
  const sr = new Tensor('int64', BigInt64Array.from([BigInt(RATE)]), []);
  return {
    /** An ear for one source: each has a memory of its own. */
    listen() {
      const heard = new Float32Array(CONTEXT + WINDOW);
      let memory = new Tensor('float32', new Float32Array(MEMORY.reduce((a, b) => a * b)), MEMORY);
      return async (window) => {
        heard.copyWithin(0, WINDOW);
        heard.set(window, CONTEXT);
        const input = new Tensor('float32', heard, [1, heard.length]);
        const { output, stateN } = await session.run({ input, state: memory, sr });
        memory = /** @type {typeof memory} */ (stateN);
        return /** @type {Float32Array} */ (output.data)[0];
      };
    },
  };
}
