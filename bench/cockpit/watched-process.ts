import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PtyTerminal } from '../../test/support/pty-terminal.ts';

export interface WatchedOptions {
  readonly databaseUrl: string;
  readonly home: string;
  readonly columns: number;
  readonly rows: number;
  readonly sweep: string;
  /** For node itself. */
  readonly flags?: readonly string[];
}

/** The built program's dashboard on a pseudo-terminal of its own. */
export function watch({ databaseUrl, home, columns, rows, sweep, flags = [] }: WatchedOptions): PtyTerminal {
  const program = resolve(import.meta.dirname, '../../cli/main.js');
  return new PtyTerminal({
    columns,
    rows,
    command: [process.execPath, ...flags, program, 'watch', sweep],
    environment: { DATABASE_URL: databaseUrl, HOME: home, COLORTERM: 'truecolor' },
  });
}

/** Leaves it as a person does, and ends it where that does not. */
export async function leave(pty: PtyTerminal): Promise<void> {
  await sleep(50);
  pty.press('q');
  await Promise.race([pty.end(), sleep(20_000)]);
  pty.kill();
}

/** What a key changes is on the screen once nothing more comes for so long. */
const quietMs = 60;

/** Waits until nothing has been written for a while. @param from when what is waited for was begun */
export async function settled(pty: PtyTerminal, from = pty.writtenAt): Promise<void> {
  const begun = performance.now();
  const limitMs = 10_000;
  while (pty.writtenAt < from && performance.now() - begun < 1_500) await sleep(1);
  while (performance.now() - Math.max(pty.writtenAt, from) < quietMs && performance.now() - begun < limitMs)
    await sleep(2);
}

export function residentMiB(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}

/** What all threads of a process have had of processors, in milliseconds. */
export function cpuMs(pid: number): number {
  return readdirSync(`/proc/${pid}/task`).reduce((sum, task) => {
    try {
      const [ran = '0'] = readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ');
      return sum + Number(ran) / 1e6;
    } catch {
      // The thread has ended meanwhile.
      return sum;
    }
  }, 0);
}
