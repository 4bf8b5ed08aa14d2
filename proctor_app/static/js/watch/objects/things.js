/**
 * Which of what was found is a phone in view, and which a book. Pure, one picture at a time; look.js adds the rules of time.
 *
 * Thresholds: a phone held in a hand scores 0.25 to 0.6, and the model calls it a remote control as often, so one of those counts
 * too where it is in front of a person. Folds, rings and hands of people without a phone scored up to 0.27 (107 photos and the
 * clips), so that nothing under 0.4 opens anything. What is open stays open down to 0.3.
 *
 * Books stand in many rooms, and are nobody's business there: three or more of them are a shelf, and one as small as on a shelf is
 * not looked at.
 */

import { area, inside } from './found.js';

/** @typedef {import('./found.js').Found} Found */
/** @typedef {import('./found.js').Box} Box */
/** @typedef {'phone'|'book'} Thing */
/** @typedef {{label: Thing, looks_like: string, score: number, box: Box}} Seen `looks_like`: the model's own word */

export const OPENS = { phone: 0.4, book: 0.5 };
export const STAYS = { phone: 0.3, book: 0.35 };
const IN_FRONT = 0.6;
const SHELF = 3;
// Shares of the picture. A phone at arm's length before the camera takes 1 to 5 %, a book in hands 5 to 20 %.
const LEAST_BOOK = 0.02;
const LARGEST_PHONE = 0.25;

/**
 * @param {Found[]} found
 * @returns {Seen[]} the surest first
 */
export function things(found) {
  const people = found.filter(({ label, score }) => label === 'person' && score >= 0.5);
  const books = found.filter(({ label }) => label === 'book');
  /** @type {Seen[]} */
  const seen = [];
  for (const { label, score, box } of found) {
    const isHeld = label === 'remote' && people.some((person) => inside(box, person.box) >= IN_FRONT);
    if ((label === 'phone' || isHeld) && area(box) <= LARGEST_PHONE) {
      seen.push({ label: 'phone', looks_like: label === 'phone' ? 'phone' : 'remote control', score, box });
    }
    if (label === 'book' && books.length < SHELF && area(box) >= LEAST_BOOK) seen.push({ label, looks_like: 'book', score, box });
  }
  return seen;
}
