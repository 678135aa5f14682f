import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/**
 * A folder of reference data beside the project: `../shared/<name>`, or the same under DROPSWEEP_TEST_DATA, which may
 * also name the data folder itself. Null where it is absent: tests that need it skip themselves and say so.
 */
export function sharedFolder(name: 'data' | 'golden' | 'reference' | 'cases/models/vectors'): string | null {
  const given = process.env['DROPSWEEP_TEST_DATA'];
  const root = given ?? resolve(import.meta.dirname, '../../../shared');
  const places = [resolve(root, name), resolve(root, '..', name)];
  if (given !== undefined && name === 'data') places.push(root);
  return places.find((place) => existsSync(place)) ?? null;
}
