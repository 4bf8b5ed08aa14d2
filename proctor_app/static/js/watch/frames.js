/** Frames from the page's own camera picture, to hand over to the worker. */

// A camera in poor light may take a second for a frame; one that takes longer has stopped.
const STALLED_MS = 2000;

/**
 * The camera's track that `video` shows now; null without one.
 * @param {HTMLVideoElement} video
 */
export function trackOf(video) {
  const stream = video.srcObject;
  return stream instanceof MediaStream ? (stream.getVideoTracks()[0] ?? null) : null;
}

/**
 * The picture that `video` shows now, to transfer to the worker; null when it has none yet. A VideoFrame costs the page
 * nothing, because its pixels are first touched in the worker; a bitmap costs it several milliseconds.
 * @param {HTMLVideoElement} video
 * @returns {Promise<VideoFrame|ImageBitmap|null>}
 */
export async function grab(video) {
  if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || !video.videoWidth) return null;
  return typeof VideoFrame === 'function' ? new VideoFrame(video) : createImageBitmap(video);
}

/**
 * As `grab`, and null also where the camera has brought no new frame for two seconds: the picture that still stands there says
 * nothing of now. (One that brings the same picture again and again brings new frames.)
 * @returns {(video: HTMLVideoElement, at: number) => Promise<VideoFrame|ImageBitmap|null>} `at`: now, ms
 */
export function createGrabber() {
  /** @type {number|null} when the camera took the frame before, on its own clock */
  let stamp = null;
  let since = 0;
  return async (video, at) => {
    const frame = await grab(video);
    if (!frame || !('timestamp' in frame)) return frame;
    if (frame.timestamp !== stamp) since = at;
    stamp = frame.timestamp;
    if (at - since < STALLED_MS) return frame;
    frame.close();
    return null;
  };
}
