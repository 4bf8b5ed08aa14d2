/**
 * Whether the browser's developer tools were opened in this window. Pure.
 *
 * No page can ask for it, and every trick that guesses is wrong about somebody: the sizes of window and page differ with zoom, side
 * panels and toolbars; timers of a debugger fire for a busy computer; what a console would print is also read by extensions. So two
 * things must come together: the keys that open the tools were pressed in this page, and at once the page lost a good part
 * of its room while its window and its zoom stayed as they were. Tools opened by a menu, in a window of their own or before the page
 * are not noticed.
 */

// What the tools take at the least when they dock: far more than a toolbar or a find bar.
const ROOM_PIXELS = 100;
const TOGETHER_MS = 1500;

/** @typedef {{width: number, height: number, outerWidth: number, outerHeight: number, zoom: number}} Window_ */
/** @typedef {{at: number, before: Window_}} Press */
/** @typedef {{last: Window_|null, press: Press|null, open: {since: number, before: Window_}|null}} State */
/** @typedef {{key: string, code: string, ctrlKey: boolean, metaKey: boolean, shiftKey: boolean, altKey: boolean}} Key */

/** @type {Readonly<State>} */
export const START = Object.freeze({ last: null, press: null, open: null });

/** @param {Key} event @returns {boolean} whether these keys open the tools in one of the common browsers */
export function opensTools({ key, code, ctrlKey, metaKey, shiftKey, altKey }) {
  if (key === 'F12') return !altKey;
  const onOthers = ctrlKey && shiftKey && !altKey;
  const onMac = metaKey && altKey;
  return (onOthers || onMac) && ['KeyI', 'KeyJ', 'KeyC', 'KeyK'].includes(code);
}

/** @param {State} state @param {number} at @returns {State} */
export function pressed(state, at) {
  return state.last && !state.open ? { ...state, press: { at, before: state.last } } : state;
}

/** @param {State} state @param {Window_} size @param {number} at @returns {State} the page's room at this moment */
export function sized(state, size, at) {
  const { press, open } = state;
  if (open) return { ...state, last: size, open: hasRoomOf(size, open.before) || !isSameWindow(size, open.before) ? null : open };
  const isTogether = press !== null && at - press.at <= TOGETHER_MS;
  if (!isTogether || !isSameWindow(size, press.before)) return { last: size, press: isTogether ? press : null, open };
  const lost = Math.max(press.before.width - size.width, press.before.height - size.height);
  if (lost < ROOM_PIXELS) return { last: size, press, open };
  return { last: size, press: null, open: { since: press.at, before: press.before } };
}

/** @param {Window_} one @param {Window_} other */
function isSameWindow(one, other) {
  return one.outerWidth === other.outerWidth && one.outerHeight === other.outerHeight && one.zoom === other.zoom;
}

/** @param {Window_} size @param {Window_} before */
function hasRoomOf(size, before) {
  return before.width - size.width < ROOM_PIXELS && before.height - size.height < ROOM_PIXELS;
}
