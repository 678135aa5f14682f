import { fstatSync, writeSync } from 'node:fs';
import { isDiskFull } from './disk-full.ts';

/**
 * Lets a process outlive a disk that has no room for its log: what is written to a standard error that is a file fails,
 * which ends the process, and Node's stream of it takes nothing more. Here the log has a gap, and goes on after it.
 */
export function surviveFullLog(stream: NodeJS.WriteStream & { readonly fd: number }): void {
  const place = fstatSync(stream.fd);
  if (!place.isFile() && (!place.isCharacterDevice() || stream.isTTY)) return; // A terminal or a pipe has no disk.
  stream.write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
    try {
      writeSync(stream.fd, typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
    } catch (error) {
      if (!isDiskFull(error)) throw error;
    }
    const over = rest.at(-1);
    if (typeof over === 'function') process.nextTick(over);
    return true;
  };
}
