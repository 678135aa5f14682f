import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { DropsweepError } from '../../base/errors.ts';
import { sha256 } from '../../base/sha256.ts';
import type { ProgramSettings } from '../../sweep/vocabulary.ts';

/** SHA-256 of those arguments of a command that are files, by argument; what they import or read is not looked at. */
export function hashFiles({
  command = [],
  folder,
}: Pick<ProgramSettings, 'command' | 'folder'>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    command.flatMap((argument) => {
      const hash = hashOf(folder, argument);
      return hash === null ? [] : [[argument, hash]];
    }),
  );
}

/**
 * Trainings of one sweep are all of the files that it was launched with.
 * @throws PROGRAM_CHANGED
 */
export function demandSameFiles({ files = {}, folder }: Pick<ProgramSettings, 'files' | 'folder'>): void {
  for (const [argument, expected] of Object.entries(files)) {
    const got = hashOf(folder, argument);
    if (got === expected) continue;
    throw new DropsweepError(
      'PROGRAM_CHANGED',
      'the sweep was launched with another content of a file of its command',
      {
        where: resolve(folder, argument),
        got: got ?? 'no such file',
        expected,
        fix: 'put it back and retry the failed trainings, or launch the file under a new name',
      },
    );
  }
}

/** Null: the argument is no file. */
function hashOf(folder: string, argument: string): string | null {
  try {
    return sha256(readFileSync(resolve(folder, argument)));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return null;
    throw error;
  }
}
