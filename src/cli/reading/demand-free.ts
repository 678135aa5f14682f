import { readdirSync, statSync } from 'node:fs';
import { DropsweepError } from '../../base/errors.ts';

/**
 * Refuses to write over what is there: a file, or a folder with something in it. Devices and pipes may be written to.
 * @throws USAGE
 */
export function demandFree(path: string, force: boolean): void {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there === undefined || force) return;
  const taken = there.isFile() || (there.isDirectory() && readdirSync(path).length > 0);
  if (!taken) return;
  throw new DropsweepError(
    'USAGE',
    there.isFile() ? 'the file is there already' : 'the folder holds something already',
    {
      where: path,
      expected: 'a place that is free',
      fix: 'name another with --out, or overwrite it with --force',
    },
  );
}
