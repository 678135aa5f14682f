import { expect, it } from 'vitest';
import { foldVersion } from '../../src/search/fold/fold-version.ts';
import { meaningOf, runFiles } from '../support/source-meaning.ts';

/** The version of the fold, and what it was made of: the meaning of a sweep file is in its trainings' hashes. */
const written = { version: 18, sources: '649320c2fb453b98' };

it('the version of the fold rises with its sources: what another version remembered is not taken up', () => {
  const files = runFiles(['src/search/fold/search-state.ts'], ['src/search', 'src/stats', 'src/random']);
  expect(files.length).toBeGreaterThan(30);
  const now = { version: foldVersion, sources: meaningOf(files) };
  expect(now, 'raise foldVersion in src/search/fold/fold-version.ts, and write both down here').toEqual(written);
});
