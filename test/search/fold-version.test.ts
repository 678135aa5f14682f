import { parseSync } from 'oxc-parser';
import { expect, it } from 'vitest';
import { sha256 } from '../../src/base/sha256.ts';
import { foldVersion } from '../../src/search/fold-version.ts';
import { readSourceFiles, type SourceFile } from '../architecture/source-files.ts';

/** The version of the fold, and what it was made of. */
const written = { version: 2, sources: '49ba8ccfda837ac7' };

/** Files that the fold runs, from its state on; the meaning of a sweep file is in its trainings' hashes. */
function foldFiles(): readonly SourceFile[] {
  const files = new Map(
    readSourceFiles(['src/search', 'src/stats', 'src/random']).map((file) => [file.path, file] as const),
  );
  const met = new Set(['src/search/search-state.ts']);
  for (const path of met)
    for (const { file, typeOnly } of files.get(path)?.imports ?? [])
      if (file !== null && !typeOnly && files.has(file)) met.add(file);
  return [...met].sort().flatMap((path) => files.get(path) ?? []);
}

/** A file's meaning: comments and layout are none of it. */
function meaningOf({ path, text }: SourceFile): string {
  const { program } = parseSync(path, text);
  return JSON.stringify({ ...program, comments: [] }, (name, value: unknown) =>
    name === 'start' || name === 'end' ? undefined : value,
  );
}

it('the version of the fold rises with its sources: what another version remembered is not taken up', () => {
  const files = foldFiles();
  expect(files.length).toBeGreaterThan(30);
  const sources = sha256(files.map((file) => meaningOf(file)).join('\n')).slice(0, 16);
  const now = { version: foldVersion, sources };
  expect(now, 'raise foldVersion in src/search/fold-version.ts, and write both down here').toEqual(written);
});
