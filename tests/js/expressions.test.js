import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const FOLDER = new URL('../../proctor_app/static/js/watch/', import.meta.url);
const sources = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.js'))
  .map((name) => [name, readFileSync(new URL(name, FOLDER), 'utf8')]);

test('the face model runs with expression features off, and nothing asks for them', () => {
  const asking = sources.flatMap(([name, text]) => [...text.matchAll(/\S*blendshape\S*(?: \S+)?/gi)].map(([hit]) => [name, hit]));
  assert.deepEqual(asking, [['engine.js', 'outputFaceBlendshapes: false,']]);
});

test('nothing speaks of a state of mind', () => {
  for (const [name, text] of sources) {
    assert.doesNotMatch(text, /emotion|sentiment|smil(e|ing)|stress|nervous|attenti(on|ve)|distract/i, name);
  }
});
