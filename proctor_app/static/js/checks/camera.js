/** Check: does the camera give a picture in which something can be seen? */

const FIRST_FRAME_MS = 8000;
// Mean brightness, of 255, below which a face cannot be found either.
const DARK = 16;
// Cameras begin with a few black frames while they find the exposure.
const EXPOSURE_MS = 3000;
const LOOK_EVERY_MS = 100;

/** @typedef {import('./browser.js').CheckResult} CheckResult */

/**
 * @param {Object} camera
 * @param {MediaStreamTrack|null} camera.track
 * @param {{message: string, fix: string}|null} camera.problem why there is no track
 * @param {HTMLVideoElement} camera.video plays the track
 * @returns {Promise<CheckResult>}
 */
export async function checkCamera({ track, problem, video }) {
  if (!track) return attention(problem?.message ?? 'There is no camera.', problem?.fix ?? 'Connect one, then press “Try again”.');
  if (!(await showsFrames(video))) {
    return attention('The camera is on but gives no picture.', 'Close other programs that use it, or choose another camera from the list.');
  }
  if (!(await becomesLight(video))) {
    return attention('The picture is almost black.', 'Open the cover of the camera, if it has one, and switch on a light in front of you.');
  }
  return { state: 'ready', message: 'You should see yourself. Sit so that your whole face is in the picture.' };
}

/** @param {string} message @param {string} fix @returns {CheckResult} */
const attention = (message, fix) => ({ state: 'attention', message, fix });

/** @param {HTMLVideoElement} video @returns {Promise<boolean>} whether a frame came in time */
function showsFrames(video) {
  if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) return Promise.resolve(true);
  return new Promise((resolve) => {
    const late = setTimeout(() => done(false), FIRST_FRAME_MS);
    const came = () => done(true);
    /** @param {boolean} result */
    function done(result) {
      clearTimeout(late);
      video.removeEventListener('loadeddata', came);
      resolve(result);
    }
    video.addEventListener('loadeddata', came);
  });
}

/** @param {HTMLVideoElement} video @returns {Promise<boolean>} whether it is light enough before the time for exposure is over */
async function becomesLight(video) {
  const deadline = performance.now() + EXPOSURE_MS;
  while (brightness(video) < DARK) {
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return true;
}

/** @param {HTMLVideoElement} video @returns {number} mean, 0 to 255 */
function brightness(video) {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [32, 24];
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) return 255;
  context.drawImage(video, 0, 0, canvas.width, canvas.height);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  let sum = 0;
  for (let i = 0; i < data.length; i += 4) sum += 0.299 * data[i] + 0.587 * data[i + 1] + 0.114 * data[i + 2];
  return sum / (data.length / 4);
}
