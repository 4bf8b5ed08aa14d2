/**
 * The mirror: what was just reported about the candidate, in plain words, at the same moment.
 * It survives a reload of the page (in the tab's session storage) and knows nothing that was not sent.
 */

import { disclosure, element, part, say } from './page.js';
import { describe, describeDelivery, duration } from './words.js';

const KEPT = 200;

/** @typedef {{id: string, kind: string, reason?: string|null, started_at: number, ended_at: number|null, detail?: Record<string, any>}} Noticed */

/** @param {string} session */
export function createMirror(session) {
  const key = `proctor.noticed.${session}`;
  const list = element('mirror-list');
  /** @type {Map<string, Noticed>} */
  const noticed = new Map(load(key).map((one) => [one.id, one]));
  disclosure(element('noticed'), element('mirror'));
  show();

  function show() {
    element('noticed-count').textContent = String(noticed.size);
    element('mirror-empty').hidden = noticed.size > 0;
    for (const one of noticed.values()) showOne(one);
  }

  /** @param {Noticed} one */
  function showOne(one) {
    const found = list.querySelector(`[data-id="${one.id}"]`);
    const item = found instanceof HTMLElement ? found : list.insertBefore(newItem(one.id), list.firstChild);
    item.dataset.kind = one.kind;
    item.dataset.state = one.ended_at === null ? 'open' : 'closed';
    part(item, 'when').textContent = new Date(one.started_at).toLocaleTimeString();
    part(item, 'what').textContent = describe(one);
    part(item, 'long').textContent = one.ended_at === null ? 'now' : `for ${duration(one.ended_at - one.started_at)}`;
  }

  /** @param {Noticed} observation as it was reported: new, changed or closed */
  function take({ id, kind, reason, started_at, ended_at, detail }) {
    noticed.set(id, { id, kind, reason, started_at, ended_at, detail });
    sessionStorage.setItem(key, JSON.stringify([...noticed.values()].slice(-KEPT)));
    show();
  }

  return {
    take,
    /** What was noticed elsewhere, on a clock that this page's is `ahead` of, ms. @param {Noticed} seen @param {number} ahead */
    takeFrom: (seen, ahead) =>
      take({ ...seen, started_at: seen.started_at + ahead, ended_at: seen.ended_at === null ? null : seen.ended_at + ahead }),
    /** The picture that goes with an entry, as it was kept. @param {string} id @param {ArrayBuffer} jpeg */
    showStill(id, jpeg) {
      const item = list.querySelector(`[data-id="${id}"]`);
      if (!item) return;
      const shown = document.createElement('img');
      shown.className = 'mirror__still';
      shown.dataset.testid = 'mirror-still';
      shown.alt = 'The still that was kept of this moment';
      shown.src = URL.createObjectURL(new Blob([jpeg], { type: 'image/jpeg' }));
      item.append(shown);
    },
    /** @param {import('../outbox.js').OutboxState} state */
    delivery: (state) => say(element('mirror-delivery'), describeDelivery(state)),
  };
}

/** @param {string} id */
function newItem(id) {
  const item = document.createElement('li');
  item.className = 'mirror__item fade-in';
  item.dataset.id = id;
  for (const [tag, name] of [['time', 'when'], ['span', 'what'], ['span', 'long']]) {
    const node = document.createElement(tag);
    node.dataset.part = name;
    node.className = `mirror__${name}`;
    item.append(node);
  }
  return item;
}

/** @param {string} key @returns {Noticed[]} */
function load(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? '[]');
  } catch {
    return [];
  }
}
