/** Frames from the page's own camera picture, to hand over to the worker. */

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
