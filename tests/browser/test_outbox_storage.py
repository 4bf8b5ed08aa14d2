"""The outbox's storage on a real IndexedDB: Node, where the outbox itself is tested, has only the one in memory."""

from typing import Any

from playwright.sync_api import Page

from tests.browser.conftest import Site

PRELUDE = """
const { indexedDbStorage, memoryStorage } = await import('/static/js/outbox-storage.js');
const observation = (id, changes) => ({
  id, kind: 'absence', reason: null, started_at: 5000, ended_at: null, confidence: 1, detail: { faces: 0 }, ...changes,
});
const owner = (tab, page, at) => ({ tab, page, at });
"""
# Everything that the outbox does with a storage, told by what it gives back. `storage` is one of the two.
STORY = """
const told = [];
const tell = async (promise) => told.push((await promise) ?? null);
await tell(storage.add('a', observation('one'), owner('tab', 'page-1', 6000)));
await tell(storage.add('a', observation('two', { ended_at: 5500 }), owner('tab', 'page-1', 6000)));
await tell(storage.add('b', observation('one'), owner('tab', 'page-1', 6000)));
await tell(storage.waiting('a'));
await tell(storage.settle('a', 1));
await tell(storage.reject('a', 2, { code: 'invalid', message: 'no', field: 'kind' }));
await tell(storage.waiting('a'));
await tell(storage.rejected('a'));
await tell(storage.alive('a', 'page-1', 7000));
// Another tab's page that was alive lately keeps what it has open; the next page of the same tab takes it over.
await tell(storage.adopt('a', owner('other', 'page-2', 7500), 6500));
await tell(storage.adopt('a', owner('tab', 'page-3', 7500), 0));
await tell(storage.adopt('a', owner('tab', 'page-3', 7500), 0));
await tell(storage.waiting('a'));
await tell(storage.sweep(5000));
await tell(storage.waiting('b'));
await tell(storage.sweep(5001));
await tell(storage.waiting('b'));
await tell(storage.add('a', observation('three'), owner('tab', 'page-3', 8000)));
return told;
"""


def run(page: Page, body: str) -> Any:
    """What the JavaScript `body` returns on the page."""
    return page.evaluate(f"async () => {{ {PRELUDE} {body} }}")


def test_gives_what_the_one_in_memory_gives(page: Page) -> None:
    in_memory = run(page, "const storage = memoryStorage();" + STORY)
    in_database = run(page, "const storage = await indexedDbStorage();" + STORY)
    assert in_database == in_memory
    adopted = in_database[10]
    assert [(one["seq"], one["id"], one["ended_at"]) for one in adopted] == [(3, "one", 7000)]


def test_outlives_the_page(page: Page) -> None:
    run(page, "await (await indexedDbStorage()).add('a', observation('one'), owner('tab', 'page-1', 6000));")
    page.reload()
    waiting = run(page, "return (await indexedDbStorage()).waiting('a')")
    assert [(one["seq"], one["id"]) for one in waiting] == [(1, "one")]
    following = run(
        page, "return (await indexedDbStorage()).add('a', observation('two'), owner('tab', 'page-2', 7000))"
    )
    assert following["seq"] == 2


def test_two_tabs_never_take_the_same_number(site: Site, page: Page) -> None:
    other = page.context.new_page()
    other.goto(site.url + "/sign-in")
    add_fifty = """
      const storage = await indexedDbStorage();
      const add = (_, n) => storage.add('a', observation(tab + n), owner(tab, tab, 6000)).then(({ seq }) => seq);
      const run = () => Promise.all(Array.from({ length: 50 }, add));
    """
    # Both begin at one moment, on a signal that every tab of the profile hears.
    for tab, each in (("left", page), ("right", other)):
        signal = "const go = new Promise((hear) => new BroadcastChannel('go').addEventListener('message', hear));"
        body = f"const tab = '{tab}'; {add_fifty} {signal} return {{ numbers: go.then(run) }};"
        each.evaluate(f"async () => {{ window.started = await (async () => {{ {PRELUDE} {body} }})(); }}")
    starter = page.context.new_page()
    starter.goto(site.url + "/sign-in")
    starter.evaluate("() => new BroadcastChannel('go').postMessage('go')")
    numbers = [number for each in (page, other) for number in each.evaluate("window.started.numbers")]
    assert sorted(numbers) == list(range(1, 101))
