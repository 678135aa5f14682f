import { execFile } from 'node:child_process';
import { accessSync, constants, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Fetches the Temporal CLI with the SDK's downloader.
 * @param folder empty; what the downloader leaves is in it
 * @returns the program's file
 * @throws Error with the reason, also where it takes longer than it may
 */
export async function downloadTemporal(version: string, folder: string, timeoutMs: number): Promise<string> {
  const program = join(import.meta.dirname, 'download-temporal-main.js');
  await run(process.execPath, [program, `v${version}`, folder], { timeout: timeoutMs, killSignal: 'SIGKILL' });
  const file = readdirSync(folder).find((name) => isExecutable(join(folder, name)));
  if (file === undefined) throw new Error('the download left no program');
  return join(folder, file);
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
