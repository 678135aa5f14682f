import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** The use of CPU and memory of a process and all that it has started. */
export interface ProcessUse {
  /** Seconds of processor time since they began. */
  readonly cpuSeconds: number;
  /** In physical memory now; shared pages count for each process. */
  readonly memoryBytes: number;
}

/** Null: there is no such process, or the system does not tell. */
export async function readProcessUse(pid: number): Promise<ProcessUse | null> {
  return process.platform === 'linux' ? linuxUse(pid) : portableUse(pid);
}

/** The kernel's unit for times in /proc: USER_HZ, 100 on every architecture that Node runs on. */
const ticksPerSecond = 100;

async function linuxUse(pid: number): Promise<ProcessUse | null> {
  const [stat, status] = await Promise.all([textOf(`/proc/${pid}/stat`), textOf(`/proc/${pid}/status`)]);
  if (stat === null || status === null) return null;
  // The command's name is in parentheses and may hold spaces: fields are counted after the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [ofUser, ofSystem] = [Number(fields[11]), Number(fields[12])];
  const resident = Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1] ?? 0);
  const started = (await textOf(`/proc/${pid}/task/${pid}/children`))?.trim().split(/\s+/).filter(Boolean) ?? [];
  const children = await Promise.all(started.map((child) => linuxUse(Number(child))));
  return children.reduce<ProcessUse>(
    (sum, child) => ({
      cpuSeconds: sum.cpuSeconds + (child?.cpuSeconds ?? 0),
      memoryBytes: sum.memoryBytes + (child?.memoryBytes ?? 0),
    }),
    { cpuSeconds: (ofUser + ofSystem) / ticksPerSecond, memoryBytes: resident * 1024 },
  );
}

/** Null: it is gone, or not for us to read. */
async function textOf(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return null;
  }
}

async function portableUse(pid: number): Promise<ProcessUse | null> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'time=,rss=', '-p', String(pid)], { timeout: 2_000 });
    const [time = '', kibibytes = ''] = stdout.trim().split(/\s+/);
    const memoryBytes = Number(kibibytes) * 1024;
    return time === '' || Number.isNaN(memoryBytes) ? null : { cpuSeconds: secondsOf(time), memoryBytes };
  } catch {
    return null;
  }
}

/** As `ps` writes processor time: [days-][hours:]minutes:seconds. */
export function secondsOf(time: string): number {
  const [clock = '', days = '0'] = time.split('-').toReversed();
  return clock.split(':').reduce((sum, part) => 60 * sum + Number(part), 0) + 86_400 * Number(days);
}
