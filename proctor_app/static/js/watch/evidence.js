/** What was seen while a condition lasted, in few numbers: it becomes an observation's `confidence` and `detail`. Pure. */

// Degrees from the neutral pose, as the half axes of an ellipse. Across a wide screen the eyes do most of the way: the head
// turns about 15 degrees sideways and 10 up or down, and stays within 0.8 of the ellipse even in a corner.
export const AWAY = { yaw: 25, pitch: 20 };
// Eyes alone say less than a head does.
const EYES_CONFIDENCE = 0.8;
// What they say is told as coarsely as it is known.
const EYES_STEP = 5;
// A face that was lost while turned away may only have turned further: its absence is claimed with less certainty.
const TURNED_CONFIDENCE = 0.6;

/** @typedef {{yaw: number, pitch: number}} Turn degrees from neutral, signs as in face.js */
/** @typedef {{confidence: number, detail: Record<string, string|number|boolean|null>}} Claim */
/**
 * @typedef {Object} Evidence
 * @property {number} hits looks that showed it
 * @property {number} misses looks between two hits that did not
 * @property {number} trailing looks since the last hit
 * @property {Turn} sum of the turns over all hits
 * @property {number} byEyes hits in which the eyes said so and not the head
 * @property {number} bodies hits in which a body was in view
 * @property {number} faces the most that were seen
 * @property {Turn|null} turnedBefore how the head was turned away just before it began
 */

/**
 * @param {Turn|null} turnedBefore
 * @returns {Evidence}
 */
export function nothingYet(turnedBefore) {
  return { hits: 0, misses: 0, trailing: 0, sum: { yaw: 0, pitch: 0 }, byEyes: 0, bodies: 0, faces: 0, turnedBefore };
}

/**
 * @param {Evidence} seen
 * @param {{isTrue: boolean, faces: number, towards: Turn|null, by: 'head'|'eyes'|null, hasBody: boolean}} look
 * @returns {Evidence}
 */
export function witness(seen, { isTrue, faces, towards, by, hasBody }) {
  if (!isTrue) return { ...seen, trailing: seen.trailing + 1 };
  return {
    ...seen,
    hits: seen.hits + 1,
    misses: seen.misses + seen.trailing,
    trailing: 0,
    sum: { yaw: seen.sum.yaw + (towards?.yaw ?? 0), pitch: seen.sum.pitch + (towards?.pitch ?? 0) },
    byEyes: seen.byEyes + Number(by === 'eyes'),
    bodies: seen.bodies + Number(hasBody),
    faces: Math.max(seen.faces, faces),
  };
}

/** @param {Evidence} seen @returns {Claim} of two or more faces */
export function claimMany(seen) {
  return { confidence: share(seen), detail: { faces: seen.faces } };
}

/** @param {Evidence} seen @returns {Claim} of a look off the screen, by its mean */
export function claimAway(seen) {
  const mean = facing({ yaw: seen.sum.yaw / seen.hits, pitch: seen.sum.pitch / seen.hits });
  if (seen.byEyes <= seen.hits / 2) return { confidence: share(seen), detail: { by: 'head', ...mean } };
  const degrees = EYES_STEP * Math.round(mean.degrees / EYES_STEP);
  return { confidence: part(seen, EYES_CONFIDENCE), detail: { by: 'eyes', direction: mean.direction, degrees } };
}

/** @param {Evidence} seen @returns {Claim} of no face */
export function claimGone(seen) {
  /** @type {Claim['detail']} */
  const body = seen.bodies > seen.hits / 2 ? { body_in_view: true } : {};
  if (!seen.turnedBefore) return { confidence: share(seen), detail: body };
  const { direction, degrees } = facing(seen.turnedBefore);
  return { confidence: part(seen, TURNED_CONFIDENCE), detail: { ...body, turned_before: direction, degrees_before: degrees } };
}

/** @param {Evidence} seen the share of looks that showed it, 0 to 1 */
function share(seen) {
  return part(seen, 1);
}

/** @param {Evidence} seen @param {number} of the share: how much to trust such looks, 0 to 1 */
function part({ hits, misses }, of) {
  return Number(((of * hits) / (hits + misses)).toFixed(2));
}

/**
 * A coarse direction, from the candidate's point of view, and by how many degrees.
 * @param {Turn} turn
 */
export function facing({ yaw, pitch }) {
  const isSideways = Math.abs(yaw) / AWAY.yaw >= Math.abs(pitch) / AWAY.pitch;
  const sideways = yaw > 0 ? 'right' : 'left';
  const upright = pitch > 0 ? 'up' : 'down';
  return {
    direction: isSideways ? sideways : upright,
    degrees: Math.round(Math.abs(isSideways ? yaw : pitch)),
    yaw: Math.round(yaw),
    pitch: Math.round(pitch),
  };
}
