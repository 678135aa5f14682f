import { existsSync } from 'node:fs';
import { globSync } from 'tinyglobby';
import type { Places } from '../../sweep/sweep-definition.ts';
import { dataInvalid } from '../raw-row.ts';

/** The files of one or several places, each a path or a pattern; those of a pattern by their names. */
export function filesOf(places: Places): readonly string[] {
  const listed = typeof places === 'string' ? [places] : places;
  return listed.flatMap((place) => {
    if (existsSync(place) || !/[*?[{]/.test(place)) return [place];
    const found = globSync(place, { absolute: true, expandDirectories: false }).sort();
    if (found.length > 0) return found;
    throw dataInvalid(place, 'no file is called like this', {
      got: '0 files',
      expected: 'a pattern that files match',
      fix: 'correct the path',
    });
  });
}
