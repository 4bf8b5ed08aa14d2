/** Which camera this tab had before a reload: it is opened again, and not told as another one. */

/**
 * @param {string} session
 * @returns {import('../watch/camera-change.js').Memory}
 */
export function cameraMemory(session) {
  const key = `proctor.camera.${session}`;
  return {
    recall: () => JSON.parse(sessionStorage.getItem(key) ?? 'null'),
    remember: (camera) => sessionStorage.setItem(key, JSON.stringify(camera)),
  };
}
