import { copyFileSync, existsSync, mkdirSync, statSync, truncateSync } from 'node:fs';
import path from 'node:path';

const rotateBytes = 10 << 20;

/** Path of a service's log, its folder made. */
export function logFileOf(dataDirectory: string, name: string): string {
  const folder = path.join(dataDirectory, 'logs');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return path.join(folder, `${name}.log`);
}

/** Keeps a log and one before it, each up to 10 MiB. Its writers hold it open for appending, so it is emptied, not moved. */
export function rotateLog(file: string): void {
  if (!existsSync(file) || statSync(file).size < rotateBytes) return;
  copyFileSync(file, `${file}.1`);
  truncateSync(file);
}
