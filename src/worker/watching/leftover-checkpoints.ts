import { readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

/** A checkpoint is written before it is recorded: a younger file may be one on its way. */
const leastAgeMs = 3_600_000;

export interface LeftoverFile {
  readonly uri: string;
  readonly bytes: number;
}

/** Files of a checkpoint folder that no row speaks of: half-written, of an attempt that was fenced out, or forgotten. */
export function leftoverCheckpoints(
  folder: string,
  recorded: ReadonlySet<string>,
  nowMs: number = Date.now(),
): readonly LeftoverFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((name) => {
    // What lies at the top is the store's own.
    if (!name.includes(sep) || recorded.has(name)) return [];
    const file = statSync(join(folder, name), { throwIfNoEntry: false });
    if (file === undefined || !file.isFile() || nowMs - file.mtimeMs < leastAgeMs) return [];
    return [{ uri: name, bytes: file.size }];
  });
}

/** Removes a file, and the folders above it that are empty then. */
export function removeCheckpointFile(folder: string, uri: string): void {
  rmSync(join(folder, uri), { force: true });
  for (let above = dirname(uri); above !== '.'; above = dirname(above)) {
    const place = join(folder, above);
    if (statSync(place, { throwIfNoEntry: false }) === undefined) continue;
    if (readdirSync(place).length > 0) return;
    rmSync(place, { recursive: true, force: true });
  }
}
