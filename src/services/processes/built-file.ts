import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * A compiled file of src, e.g. `worker/main.js`: processes run from dist, also those that tests start.
 */
export function builtFile(relative: string): string {
  const here = fileURLToPath(import.meta.url);
  const source = here.endsWith('.ts') ? resolve(dirname(here), '../../../dist/src') : resolve(dirname(here), '../..');
  return resolve(source, relative);
}
