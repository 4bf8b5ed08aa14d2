import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { openOutbox, OutboxFull } from '../../proctor_app/static/js/outbox.js';
import { memoryStorage } from '../../proctor_app/static/js/outbox-storage.js';

const TIMES = { answer: 60, firstWait: 2, aliveEvery: 5, gone: 50 };
const opened = [];

afterEach(() => {
  for (const outbox of opened.splice(0)) outbox.close();
});

let count = 0;
function observation(changes = {}) {
  count += 1;
  const id = `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`;
  return { id, kind: 'absence', reason: null, started_at: 1000, ended_at: null, confidence: 1, detail: {}, ...changes };
}

/** A server that stores each id once, and whose answers a test can spoil: `spoil(message, n)` may throw or wait. */
function server(spoil = () => {}) {
  const received = [];
  const stored = new Map();
  return {
    received,
    stored,
    async send(message) {
      received.push(message);
      await spoil(message, received.length);
      stored.set(message.id, message);
      return { ok: true, id: message.id };
    },
  };
}

async function start(options = {}) {
  const states = [];
  const refused = [];
  const outbox = await openOutbox({
    session: 'lusab-babad',
    tab: 'tab-1',
    page: 'page-1',
    storage: memoryStorage(),
    now: () => 5000,
    times: TIMES,
    onstate: (state) => states.push(state),
    onrejected: (one) => refused.push(one),
    ...options,
  });
  opened.push(outbox);
  return { outbox, states, refused };
}

async function until(condition) {
  for (let i = 0; i < 500 && !condition(); i += 1) await new Promise((resolve) => setTimeout(resolve, 2));
  assert.ok(condition(), 'it did not come to pass');
}

const refuse = (code) => Promise.reject(Object.assign(new Error(code), { code, field: null }));
const never = () => new Promise(() => {});

describe('while connected', () => {
  test('an observation is sent and then forgotten', async () => {
    const there = server();
    const storage = memoryStorage();
    const { outbox } = await start({ send: there.send, storage });
    outbox.online();
    await outbox.put(observation());
    assert.ok(await outbox.drained(1000));
    assert.equal(there.stored.size, 1);
    assert.deepEqual(await storage.waiting('lusab-babad'), []);
  });

  test('they go in order, one at a time, numbered from 1', async () => {
    let inFlight = 0;
    const there = server(async () => {
      inFlight += 1;
      assert.equal(inFlight, 1);
      await new Promise((resolve) => setTimeout(resolve, 2));
      inFlight -= 1;
    });
    const { outbox } = await start({ send: there.send });
    outbox.online();
    await Promise.all(Array.from({ length: 6 }, () => outbox.put(observation())));
    assert.ok(await outbox.drained(2000));
    assert.deepEqual(there.received.map(({ seq }) => seq), [1, 2, 3, 4, 5, 6]);
  });

  test('opening and closing have the same id and different numbers', async () => {
    const there = server();
    const { outbox } = await start({ send: there.send });
    outbox.online();
    const open = observation();
    await outbox.put(open);
    await outbox.put({ ...open, ended_at: 9000 });
    assert.ok(await outbox.drained(1000));
    assert.deepEqual(there.received.map(({ id, seq, ended_at: ended }) => [id, seq, ended]), [
      [open.id, 1, null],
      [open.id, 2, 9000],
    ]);
  });
});

describe('without a connection', () => {
  test('observations wait, and go when it comes', async () => {
    const there = server();
    const { outbox, states } = await start({ send: there.send });
    await outbox.put(observation());
    await outbox.put(observation());
    assert.equal(outbox.pending(), 2);
    assert.equal(there.received.length, 0);
    assert.equal(await outbox.drained(20), false);
    outbox.online();
    assert.ok(await outbox.drained(1000));
    assert.deepEqual(states.at(-1), { pending: 0, rejected: 0, lost: 0, is_durable: false });
  });

  test('an answer that was lost with the connection leads to a repeat, at once', async () => {
    const there = server((_, n) => (n === 1 ? never() : undefined));
    const { outbox } = await start({ send: there.send, times: { ...TIMES, answer: 60_000, firstWait: 60_000 } });
    outbox.online();
    await outbox.put(observation());
    outbox.offline();
    outbox.online();
    assert.ok(await outbox.drained(1000));
    assert.equal(there.received.length, 2);
    assert.deepEqual(there.received[0], there.received[1]);
  });

  test('nothing is sent while it is away', async () => {
    const there = server();
    const { outbox } = await start({ send: there.send });
    outbox.online();
    outbox.offline();
    await outbox.put(observation());
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(there.received.length, 0);
  });
});

describe('when the server does not take it', () => {
  test('no answer: it is sent again until there is one', async () => {
    const there = server((_, n) => (n < 4 ? never() : undefined));
    const { outbox } = await start({ send: there.send, times: { ...TIMES, answer: 5 } });
    outbox.online();
    await outbox.put(observation());
    assert.ok(await outbox.drained(3000));
    assert.equal(there.received.length, 4);
    assert.equal(there.stored.size, 1);
  });

  for (const code of ['busy', 'not_stored', 'timeout', 'not_allowed', 'something_new']) {
    test(`${code}: may pass, so it is sent again`, async () => {
      const there = server((_, n) => (n < 3 ? refuse(code) : undefined));
      const { outbox, refused } = await start({ send: there.send });
      outbox.online();
      await outbox.put(observation());
      assert.ok(await outbox.drained(2000));
      assert.deepEqual(refused, []);
    });
  }

  for (const code of ['invalid', 'id_taken', 'ended']) {
    test(`${code}: is final, so it is kept aside, told, and blocks nothing`, async () => {
      const bad = observation();
      const there = server(({ id }) => (id === bad.id ? refuse(code) : undefined));
      const { outbox, refused, states } = await start({ send: there.send });
      outbox.online();
      await outbox.put(bad);
      await outbox.put(observation());
      assert.ok(await outbox.drained(1000));
      assert.equal(there.stored.size, 1);
      assert.deepEqual(refused.map(({ message, error }) => [message.id, error.code]), [[bad.id, code]]);
      assert.equal(states.at(-1).rejected, 1);
      assert.equal((await outbox.rejected())[0].message.id, bad.id);
    });
  }

  test('the wait between tries grows', async () => {
    const times = [];
    const there = server(() => {
      times.push(performance.now());
      return times.length < 5 ? refuse('busy') : undefined;
    });
    const { outbox } = await start({ send: there.send, times: { ...TIMES, firstWait: 20 } });
    outbox.online();
    await outbox.put(observation());
    assert.ok(await outbox.drained(5000));
    assert.ok(times[4] - times[3] > 2 * (times[1] - times[0]), times.join(' '));
  });
});

describe('reload and crash', () => {
  test('what was not acknowledged is sent by the next page, and numbers go on', async () => {
    const storage = memoryStorage();
    const before = await start({ send: never, storage });
    before.outbox.online();
    await before.outbox.put(observation({ ended_at: 2000 }));
    await before.outbox.put(observation({ ended_at: 2000 }));
    before.outbox.close();

    const there = server();
    const { outbox } = await start({ send: there.send, storage, page: 'page-2' });
    assert.equal(outbox.pending(), 2);
    await outbox.put(observation({ ended_at: 3000 }));
    outbox.online();
    assert.ok(await outbox.drained(1000));
    assert.deepEqual(there.received.map(({ seq }) => seq), [1, 2, 3]);
  });

  test('what the old page left open is closed at the last moment it was alive', async () => {
    const storage = memoryStorage();
    let time = 1500;
    const before = await start({ send: never, storage, now: () => time });
    const open = observation({ detail: { faces: 2 } });
    await before.outbox.put(open);
    time = 7400;
    await new Promise((resolve) => setTimeout(resolve, 30));
    before.outbox.close();

    const there = server();
    const { outbox } = await start({ send: there.send, storage, page: 'page-2', now: () => 20_000 });
    outbox.online();
    assert.ok(await outbox.drained(1000));
    assert.deepEqual(there.received.map(({ id, seq, ended_at: ended }) => [id, seq, ended]), [
      [open.id, 1, null],
      [open.id, 2, 7400],
    ]);
    assert.deepEqual(there.received[1].detail, { faces: 2, closed_by: 'page_gone' });
  });

  test('it is closed once, however often the page is reloaded', async () => {
    const storage = memoryStorage();
    const first = await start({ send: never, storage });
    await first.outbox.put(observation());
    first.outbox.close();
    const second = await start({ send: never, storage, page: 'page-2' });
    second.outbox.close();
    const third = await start({ send: never, storage, page: 'page-3' });
    assert.equal(third.outbox.pending(), 2);
  });

  test('what was closed before is not closed again', async () => {
    const storage = memoryStorage();
    const before = await start({ send: never, storage });
    const open = observation();
    await before.outbox.put(open);
    await before.outbox.put({ ...open, ended_at: 3000 });
    before.outbox.close();
    const { outbox } = await start({ send: never, storage, page: 'page-2' });
    assert.equal(outbox.pending(), 2);
  });

  test('an upgrade that was left open is closed as what it had become', async () => {
    const storage = memoryStorage();
    const before = await start({ send: never, storage });
    const open = observation({ kind: 'focus_loss', reason: 'face_not_visible' });
    await before.outbox.put(open);
    await before.outbox.put({ ...open, kind: 'absence', reason: null });
    before.outbox.close();
    const there = server();
    const { outbox } = await start({ send: there.send, storage, page: 'page-2' });
    outbox.online();
    assert.ok(await outbox.drained(1000));
    assert.deepEqual(there.received.map(({ kind }) => kind), ['focus_loss', 'absence', 'absence']);
  });

  test('sessions do not mix', async () => {
    const storage = memoryStorage();
    const other = await start({ send: never, storage, session: 'other-session' });
    await other.outbox.put(observation());
    other.outbox.close();
    const { outbox } = await start({ send: never, storage, page: 'page-2' });
    assert.equal(outbox.pending(), 0);
  });
});

describe('two tabs', () => {
  test('never take the same number', async () => {
    const storage = memoryStorage();
    const there = server();
    const one = await start({ send: there.send, storage });
    const two = await start({ send: there.send, storage, tab: 'tab-2', page: 'page-2' });
    one.outbox.online();
    two.outbox.online();
    await Promise.all([one, two, one, two].map(({ outbox }) => outbox.put(observation())));
    await until(() => there.stored.size === 4);
    assert.equal(new Set(there.received.map(({ seq }) => seq)).size, 4);
  });

  test('one does not close what the other, alive, has open', async () => {
    const storage = memoryStorage();
    const one = await start({ send: never, storage, now: () => performance.now() });
    await one.outbox.put(observation());
    const two = await start({ send: never, storage, tab: 'tab-2', page: 'page-2', now: () => performance.now() });
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(two.outbox.pending(), 1);
  });

  test('one closes what the other left when it has been gone for long', async () => {
    const storage = memoryStorage();
    const one = await start({ send: never, storage, now: () => performance.now() });
    await one.outbox.put(observation());
    one.outbox.close();
    const two = await start({ send: never, storage, tab: 'tab-2', page: 'page-2', now: () => performance.now() });
    await until(() => two.outbox.pending() === 2);
  });
});

describe('trouble with the storage', () => {
  test('a browser without IndexedDB gets memory, and is told so', async () => {
    const there = server();
    const { outbox, states } = await start({ send: there.send, storage: undefined });
    outbox.online();
    await outbox.put(observation());
    assert.ok(await outbox.drained(1000));
    assert.equal(states.at(-1).is_durable, false);
  });

  test('one that fails later loses nothing that is still to be sent', async () => {
    const storage = { ...memoryStorage(), isDurable: true };
    const there = server();
    const { outbox, states } = await start({ send: there.send, storage });
    await outbox.put(observation());
    assert.equal(states.at(-1).is_durable, true);
    storage.add = () => Promise.reject(new Error('QuotaExceededError'));
    await outbox.put(observation());
    await outbox.put(observation());
    outbox.online();
    assert.ok(await outbox.drained(1000));
    assert.equal(states.at(-1).is_durable, false);
    assert.deepEqual(there.received.map(({ seq }) => seq), [1, 2, 3]);
  });

  test('what cannot be kept any more is refused and counted, but closings still go', async () => {
    const { outbox, states } = await start({ send: never });
    const first = observation();
    await outbox.put(first);
    for (let i = 1; i < 1000; i += 1) await outbox.put(observation());
    await assert.rejects(outbox.put(observation()), OutboxFull);
    await outbox.put({ ...first, ended_at: 9000 });
    assert.equal(states.at(-1).lost, 1);
    assert.equal(outbox.pending(), 1001);
  });

  test('what is a month old is forgotten', async () => {
    const storage = memoryStorage();
    const before = await start({ send: never, storage, now: () => 1000 });
    await before.outbox.put(observation({ started_at: 1000 }));
    before.outbox.close();
    const { outbox } = await start({ send: never, storage, page: 'page-2', now: () => 1000 + 31 * 24 * 3600 * 1000 });
    assert.equal(outbox.pending(), 0);
  });
});

describe('a server that asks to slow down', () => {
  test('is given the time it asked for, and gets everything once and in order', async () => {
    const times = [];
    const there = server((message, n) => {
      times.push(Date.now());
      if (n % 3 === 2) throw Object.assign(new Error('slower'), { code: 'slow_down', retryAfter: 0.03 });
    });
    const { outbox, refused, states } = await start({ send: there.send });
    for (let i = 0; i < 6; i += 1) await outbox.put(observation());
    outbox.online();
    assert.equal(await outbox.drained(2000), true);
    assert.equal(there.stored.size, 6);
    assert.deepEqual([refused.length, states.at(-1).lost], [0, 0]);
    const seqs = there.received.map(({ seq }) => seq);
    assert.deepEqual(seqs, [...seqs].sort((a, b) => a - b));
    for (let n = 2; n < times.length; n += 3) assert.ok(times[n] - times[n - 1] >= 28, `waited ${times[n] - times[n - 1]} ms`);
  });
});
