/** Frames from the page's own camera picture, small enough to hand over and large enough to find a face in. */

// The model works on 256-pixel crops of each face: more pixels than these only cost time.
const WIDTH = 640;

/**
 * The camera's track that `video` shows now; null without one.
 * @param {HTMLVideoElement} video
 */
export function trackOf(video) {
  const stream = video.srcObject;
  return stream instanceof MediaStream ? (stream.getVideoTracks()[0] ?? null) : null;
}

/**
 * The picture that `video` shows now, to transfer to the worker; null when it has none yet.
 * @param {HTMLVideoElement} video
 */
export async function grab(video) {
  const { videoWidth, videoHeight } = video;
  if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || !videoWidth) return null;
  if (videoWidth <= WIDTH) return createImageBitmap(video);
  const resizeHeight = Math.round((videoHeight * WIDTH) / videoWidth);
  return createImageBitmap(video, { resizeWidth: WIDTH, resizeHeight, resizeQuality: 'low' });
}
