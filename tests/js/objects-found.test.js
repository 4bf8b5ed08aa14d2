import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decode, inside, iou } from '../../proctor_app/static/js/watch/objects/found.js';
import { change, count, distinct, START } from '../../proctor_app/static/js/watch/objects/people.js';
import { things } from '../../proctor_app/static/js/watch/objects/things.js';
import { HEIGHT, WIDTH } from '../../proctor_app/static/js/watch/picture.js';

const PERSON = { x: 0.1, y: 0.1, width: 0.5, height: 0.85 };
const BESIDE = { x: 0.65, y: 0.3, width: 0.3, height: 0.6 };
const found = (label, box, score = 0.9) => ({ label, box, score });

/** A grey picture whose given boxes show a pattern, shifted by as many cells as they have moved. */
function picture(...patterns) {
  const luma = new Float32Array(WIDTH * HEIGHT).fill(100);
  for (const { box, shift } of patterns) {
    for (let y = Math.floor(box.y * HEIGHT); y < (box.y + box.height) * HEIGHT; y += 1) {
      for (let x = Math.floor(box.x * WIDTH); x < (box.x + box.width) * WIDTH; x += 1) {
        luma[y * WIDTH + x] = 100 + 40 * Math.sin((x + shift) / 2);
      }
    }
  }
  return luma;
}

/** The numbers of people over looks a second apart; `moving` says for each look how the people's pictures are shifted. */
function people(looks) {
  let state = START;
  return looks.map(({ bodies, luma }, index) => {
    const result = count(state, bodies, luma, index * 1000);
    state = result.state;
    return result.boxes.length;
  });
}

describe('what the object model returns', () => {
  /** One place with one class. */
  const place = (classIndex, score, box) => {
    const scores = new Float32Array(90);
    scores[classIndex] = score;
    return { scores, box };
  };
  const decoded = (...places) =>
    decode(
      places.flatMap(({ scores }) => [...scores]),
      places.flatMap(({ box }) => box),
    );

  it('becomes labels and boxes, the surest first, each thing once', () => {
    const phone = place(76, 0.6, [0.5, 0.2, 0.7, 0.3]);
    const again = place(76, 0.5, [0.51, 0.2, 0.7, 0.3]);
    const person = place(0, 0.9, [0, 0, 1, 0.5]);
    assert.deepEqual(
      decoded(phone, again, person).map(({ label, score }) => [label, Math.round(score * 10) / 10]),
      [['person', 0.9], ['phone', 0.6]],
    );
    const [{ box }] = decoded(phone);
    assert.deepEqual([box.x, box.y].map((side) => side.toFixed(1)), ['0.2', '0.5']);
  });

  it('leaves out guesses and what nobody asked for', () => {
    assert.deepEqual(decoded(place(76, 0.2, [0, 0, 1, 1]), place(16, 0.9, [0, 0, 1, 1])), []);
  });

  it('is cut off at the edges of the picture', () => {
    const [{ box }] = decoded(place(0, 0.9, [-0.1, 0.5, 1.2, 1.1]));
    assert.deepEqual(box, { x: 0.5, y: 0, width: 0.5, height: 1 });
  });

  it('can be compared', () => {
    assert.equal(iou(PERSON, BESIDE), 0);
    assert.ok(iou(PERSON, PERSON) > 0.999);
    assert.ok(inside({ x: 0.2, y: 0.2, width: 0.1, height: 0.1 }, PERSON) > 0.999);
  });
});

describe('bodies in one picture', () => {
  it('are two where two people sit side by side', () => {
    assert.equal(distinct([found('person', PERSON), found('person', BESIDE, 0.6)]).length, 2);
  });

  it('are one where the second is an arm, a backrest or on a screen', () => {
    const arm = { x: 0.15, y: 0.6, width: 0.2, height: 0.2 };
    assert.equal(distinct([found('person', PERSON), found('person', arm, 0.6)]).length, 1);
    assert.equal(distinct([found('person', PERSON), found('person', BESIDE, 0.45)]).length, 1);
    const screen = { x: 0.62, y: 0.25, width: 0.36, height: 0.7 };
    assert.equal(distinct([found('person', PERSON), found('person', BESIDE), found('tv', screen, 0.4)]).length, 1);
  });

  it('are two where somebody clearly looks over a shoulder', () => {
    const behind = { x: 0.12, y: 0.12, width: 0.15, height: 0.25 };
    assert.equal(distinct([found('person', PERSON, 0.95), found('person', behind, 0.8)]).length, 2);
  });
});

describe('people over time', () => {
  const both = [found('person', PERSON), found('person', BESIDE, 0.7)];
  const moving = (index, still = 0) => picture({ box: PERSON, shift: index }, { box: BESIDE, shift: still });

  it('count once they move', () => {
    const looks = [0, 1, 2, 3].map((index) => ({ bodies: both, luma: moving(index, index) }));
    assert.deepEqual(people(looks), [0, 2, 2, 2]);
  });

  it('do not count as a picture on the wall, however long it hangs there', () => {
    const looks = Array.from({ length: 60 }, (_, index) => ({ bodies: both, luma: moving(index) }));
    assert.deepEqual(new Set(people(looks).slice(1)), new Set([1]));
  });

  it('do not count as a picture on the wall that noise shakes now and then', () => {
    const looks = Array.from({ length: 200 }, (_, index) => {
      const luma = moving(index);
      // Compression redraws the poster, and nothing else, now and then.
      const isPoster = (cell) => (cell % WIDTH) / WIDTH > BESIDE.x;
      if (index % 20 === 0) luma.forEach((value, cell) => (luma[cell] = value + (isPoster(cell) ? (cell % 2 ? 3 : -3) : 0)));
      return { bodies: both, luma };
    });
    assert.ok(people(looks).every((number) => number <= 1));
  });

  it('are not made of a picture by a pushed camera or by a lamp', () => {
    const pushed = [0, 1, 2, 3, 4, 5].map((index) => {
      const luma = picture({ box: PERSON, shift: index });
      for (let cell = 0; cell < luma.length; cell += 1) luma[cell] += 6 * Math.sin(((cell % WIDTH) + index) / 2);
      return { bodies: both, luma };
    });
    assert.ok(people(pushed).every((number) => number <= 1), 'a pushed camera');
    const brighter = [0, 1, 2, 3].map((index) => ({ bodies: both, luma: moving(index).map((value) => value * (1 + index * 0.2)) }));
    assert.ok(people(brighter).every((number) => number <= 1), 'a longer exposure');
    const dark = new Float32Array(WIDTH * HEIGHT).fill(2);
    const room = moving(0).map((value, cell) => value + 12 * Math.sin(cell / 3));
    const uncovered = [dark, room, room, room].map((luma, index) => ({ bodies: index ? both : [], luma }));
    assert.ok(people(uncovered).every((number) => number === 0), 'an uncovered lens');
    const lit = [0, 1, 2, 3].map((index) => ({ bodies: both, luma: moving(index).map((value) => value + index * 15) }));
    assert.ok(people(lit).every((number) => number <= 1), 'a lamp');
  });

  it('go on counting while they sit still for a moment, and not for ever', () => {
    const looks = Array.from({ length: 40 }, (_, index) => {
      const shift = Math.min(index, 3);
      return { bodies: both, luma: moving(shift, shift) };
    });
    const numbers = people(looks);
    assert.ok(numbers.slice(1, 23).every((number) => number === 2));
    assert.equal(numbers.at(-1), 1, 'the candidate may sit as still as they like');
  });

  it('are compared only where nobody else is', () => {
    const before = picture({ box: PERSON, shift: 0 });
    const now = picture({ box: PERSON, shift: 3 });
    assert.ok(change(before, now, PERSON, []) > 4);
    assert.equal(change(before, now, PERSON, [PERSON]), null);
  });
});

describe('things in view', () => {
  const small = { x: 0.3, y: 0.5, width: 0.08, height: 0.12 };
  const large = { x: 0.2, y: 0.5, width: 0.3, height: 0.3 };

  it('are a phone, also where the model calls one in a hand a remote control', () => {
    const [seen] = things([found('person', PERSON), found('remote', small, 0.5)]);
    assert.deepEqual([seen.label, seen.looks_like], ['phone', 'remote control']);
    assert.equal(things([found('phone', small, 0.5)])[0].looks_like, 'phone');
  });

  it('are no phone where a remote control lies about, or something large looks like one', () => {
    assert.deepEqual(things([found('person', PERSON), found('remote', { ...small, x: 0.8 })]), []);
    assert.deepEqual(things([found('phone', { x: 0, y: 0, width: 0.6, height: 0.6 })]), []);
  });

  it('are a book in hands, and not books on a shelf', () => {
    assert.equal(things([found('person', PERSON), found('book', large)])[0].label, 'book');
    assert.deepEqual(things([found('book', small)]), []);
    assert.deepEqual(things([found('book', large), found('book', { ...large, x: 0.5 }), found('book', { ...large, x: 0.7 })]), []);
  });
});
