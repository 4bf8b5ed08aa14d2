/**
 * Takes sound off the audio thread: one processor for each source, its samples in chunks to the port that it is handed. The
 * other end of that port is in the voice worker, so that sound never passes through the page, and goes nowhere else.
 *
 *   in   {port: MessagePort}     once; a second one takes over
 *        {over: true}            no more
 */

const CHUNK = 2048;

/** What this scope has and the DOM's types do not know. */
const scope = /** @type {any} */ (globalThis);

class Capture extends scope.AudioWorkletProcessor {
  constructor() {
    super();
    /** @type {MessagePort|null} */
    this.to = null;
    this.chunk = new Float32Array(CHUNK);
    this.filled = 0;
    this.isOver = false;
    this.port.onmessage = (/** @type {MessageEvent<{port?: MessagePort, over?: boolean}>} */ { data }) => {
      this.to = data.port ?? null;
      this.isOver = data.over === true;
    };
  }

  /**
   * The node mixes down to one channel. Its output stays silent.
   * @param {Float32Array[][]} inputs
   */
  process([[samples]]) {
    if (samples && this.to) this.take(samples, this.to);
    return !this.isOver;
  }

  /** @param {Float32Array} samples 128 of them, of which a chunk holds a whole number @param {MessagePort} to */
  take(samples, to) {
    this.chunk.set(samples, this.filled);
    this.filled += samples.length;
    if (this.filled < CHUNK) return;
    to.postMessage(this.chunk, [this.chunk.buffer]);
    this.chunk = new Float32Array(CHUNK);
    this.filled = 0;
  }
}

scope.registerProcessor('proctor-capture', Capture);
