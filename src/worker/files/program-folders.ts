import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Where a program's training keeps what it likes, under the training's hash. */
export function programsFolder(dataDirectory: string): string {
  return join(dataDirectory, 'programs');
}

export interface ProgramFolder {
  readonly trainingHash: string;
  /** Of all files in it. */
  readonly bytes: number;
}

/** The folders that programs have filled on this machine; none where no program ever ran. */
export function programFolders(dataDirectory: string): readonly ProgramFolder[] {
  const folder = programsFolder(dataDirectory);
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ trainingHash: name, bytes: bytesIn(join(folder, name)) }));
}

export function removeProgramFolder(dataDirectory: string, trainingHash: string): void {
  rmSync(join(programsFolder(dataDirectory), trainingHash), { recursive: true, force: true });
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).reduce((sum, name) => {
    const file = statSync(join(folder, name), { throwIfNoEntry: false });
    return sum + (file?.isFile() === true ? file.size : 0);
  }, 0);
}
