import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { EVENT, REFUSAL } from '../../proctor_app/static/js/protocol.js';

const docs = readFileSync(new URL('../../docs/protocol.md', import.meta.url), 'utf8');
const sections = new Map([...docs.matchAll(/^### `(\w+)`\n([\s\S]*?)(?=^##|(?![\s\S]))/gm)].map(([, name, text]) => [name, text]));

describe('docs/protocol.md', () => {
  it('has a heading for each message, and no heading for what is none', () => {
    assert.deepEqual([...sections.keys()].sort(), Object.values(EVENT).sort());
  });

  for (const [name, text] of sections) {
    it(`gives an example of ${name} that is JSON`, () => {
      const examples = [...text.matchAll(/```json\n([\s\S]*?)```/g)].flatMap(([, block]) => block.trim().split(/\s*→\s*|\n(?=\{)/));
      assert.ok(examples.length > 0);
      for (const example of examples) assert.doesNotThrow(() => JSON.parse(example), example);
    });
  }

  it('explains each refusal that the server gives', () => {
    for (const code of Object.values(REFUSAL)) assert.match(docs, new RegExp(`^\\| \`${code}\` \\|`, 'm'));
  });
});
