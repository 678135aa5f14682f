import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { readStartTime } from '../../../src/worker/slots/process-identity.ts';

export interface ListedProcess {
  readonly pid: number;
  readonly parent: number;
  readonly startTime: string;
  readonly command: string;
}

/** Processes of this machine that belong to a run: by their command, their environment or the folder that they stand in. */
export function listProcesses(folder: string): readonly ListedProcess[] {
  return readdirSync('/proc').flatMap((name) => {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) return [];
    const [stat, startTime] = [read(`${pid}/stat`), readStartTime(pid)];
    const command = read(`${pid}/cmdline`).replaceAll('\0', ' ').trim();
    if (startTime === null) return [];
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    const traces = [command, read(`${pid}/environ`), standsIn(pid)];
    return traces.some((trace) => trace.includes(folder)) ? [{ pid, parent, startTime, command }] : [];
  });
}

function read(file: string): string {
  try {
    return readFileSync(`/proc/${file}`, 'utf8');
  } catch {
    return ''; // It has ended meanwhile.
  }
}

function standsIn(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}

/** False where it has ended already. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}
