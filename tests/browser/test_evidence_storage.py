"""Where stills wait, on a real IndexedDB: Node, where the outbox is tested, has only the one in memory."""

from typing import Any

from playwright.sync_api import Page

PRELUDE = """
const { indexedDbEvidence, evidenceMemory } = await import('/static/js/evidence-storage.js');
const still = (observation, at, byte) => ({ observation, at, jpeg: new Uint8Array([byte, 2, 3]).buffer });
const bytes = (buffer) => [...new Uint8Array(buffer)];
const plain = (rows) => rows.map(({ observation, at, jpeg, ...rest }) => [observation, at, bytes(jpeg), rest]);
"""
# Everything that the outbox does with a storage, told by what it gives back. `storage` is one of the two.
STORY = """
const told = [];
await storage.add('a', still('two', 6000, 20));
await storage.add('a', still('one', 5000, 10));
await storage.add('a', still('one', 7000, 11));
await storage.add('b', still('one', 5500, 30));
told.push(plain(await storage.waiting('a')));
await storage.settle('a', 'one');
told.push(plain(await storage.waiting('a')), plain(await storage.waiting('b')));
await storage.sweep(5501);
told.push(plain(await storage.waiting('a')), plain(await storage.waiting('b')));
return told;
"""


def run(page: Page, body: str) -> Any:
    """What the JavaScript `body` returns on the page."""
    return page.evaluate(f"async () => {{ {PRELUDE} {body} }}")


def test_gives_what_the_one_in_memory_gives(page: Page) -> None:
    in_memory = run(page, "const storage = evidenceMemory();" + STORY)
    in_database = run(page, "const storage = await indexedDbEvidence();" + STORY)
    assert in_database == in_memory
    one, two = ["one", 5000, [10, 2, 3], {}], ["two", 6000, [20, 2, 3], {}]
    assert in_database == [[one, two], [two], [["one", 5500, [30, 2, 3], {}]], [two], []]


def test_the_pictures_outlive_a_reload(page: Page) -> None:
    run(page, "await (await indexedDbEvidence()).add('kept', still('x', 1, 9));")
    page.reload()
    assert run(page, "return plain(await (await indexedDbEvidence()).waiting('kept'));") == [["x", 1, [9, 2, 3], {}]]
