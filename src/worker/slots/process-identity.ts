import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process beyond doubt: pids are used again, start times with them are not. */
export interface ProcessIdentity {
  readonly pid: number;
  /** As the operating system spells it: clock ticks since boot with the boot's id, or `ps`'s date. */
  readonly startTime: string;
}

/** Null: no such process (a zombie counts as none). */
export function readStartTime(pid: number): string | null {
  return process.platform === 'linux' ? linuxStartTime(pid) : portableStartTime(pid);
}

export function ownIdentity(): ProcessIdentity {
  const startTime = readStartTime(process.pid);
  if (startTime === null) throw new Error('this process does not find itself');
  return { pid: process.pid, startTime };
}

/** True only where it is certain that this process has ended. */
export function isProvedDead(identity: ProcessIdentity): boolean {
  return readStartTime(identity.pid) !== identity.startTime;
}

function linuxStartTime(pid: number): string | null {
  const stat = readOrNull(`/proc/${pid}/stat`);
  if (stat === null) return null;
  // The command's name is in parentheses and may hold spaces: fields are counted after the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return null;
  const boot = readOrNull('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
  return `${boot}:${fields[19]}`;
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ENOENT' || code === 'ESRCH') return null;
    throw error;
  }
}

function portableStartTime(pid: number): string | null {
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return line === '' || line.startsWith('Z') ? null : line.slice(line.indexOf(' ') + 1).trim();
  } catch (error) {
    // ps ends with 1 when it finds nothing.
    if (error instanceof Error && 'status' in error && error.status === 1) return null;
    throw error;
  }
}
