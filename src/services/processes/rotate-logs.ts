import { copyFileSync, readdirSync, renameSync, statSync, truncateSync, existsSync } from 'node:fs';
import { join } from 'node:path';

const kept = 3;

/**
 * Moves what is in logs larger than `largestBytes` to `.1`, `.2`, `.3`. Writers keep their open file (they append), so
 * it is copied and cut.
 */
export function rotateLogs(folder: string, largestBytes: number): void {
  for (const name of readdirSync(folder).filter((name) => name.endsWith('.log'))) {
    const file = join(folder, name);
    if (statSync(file).size <= largestBytes) continue;
    for (let age = kept - 1; age >= 1; age -= 1) {
      if (existsSync(`${file}.${age}`)) renameSync(`${file}.${age}`, `${file}.${age + 1}`);
    }
    copyFileSync(file, `${file}.1`);
    truncateSync(file);
  }
}
