/**
 * The page's clock: milliseconds since the epoch that only ever grow. It starts from the wall clock when the page loads and
 * then runs by itself, so that a wall clock that is set anew in between neither shortens nor lengthens anything.
 */
export function now() {
  return performance.timeOrigin + performance.now();
}
