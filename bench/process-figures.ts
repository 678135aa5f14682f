import { readdirSync, readFileSync } from 'node:fs';

const ticksPerSecond = 100;

interface ProcessFigures {
  readonly pid: number;
  readonly parent: number;
  /** Of itself and of its children that have ended, in seconds. */
  readonly cpuSeconds: number;
  readonly role: ProcessRole;
}

type ProcessRole = 'trainers' | 'control' | 'workers' | 'temporal' | 'postgres' | 'others';

/** All processes that this one has started, and theirs, as /proc has them (Linux). */
export function descendants(): readonly ProcessFigures[] {
  const all = allProcesses();
  const found = new Set([process.pid]);
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid);
  }
  return all.filter(({ pid }) => pid !== process.pid && found.has(pid));
}

/** All processes, whoever started them, that were told of a folder in their environment or on their command line. */
export function processesOf(folder: string): readonly ProcessFigures[] {
  const told = (pid: number) =>
    [`/proc/${pid}/environ`, `/proc/${pid}/cmdline`].some((file) => read(file).includes(folder));
  return allProcesses().filter(({ pid }) => pid !== process.pid && told(pid));
}

function allProcesses(): readonly ProcessFigures[] {
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? readProcess(Number(name)) : []));
}

function readProcess(pid: number): ProcessFigures[] {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === '') return [];
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  // As proc(5) counts them: 4 ppid, 14 utime, 15 stime, 16 cutime, 17 cstime.
  const field = (number: number) => fields[number - 3] ?? 0;
  const ticks = field(14) + field(15) + field(16) + field(17);
  const role = roleOf(read(`/proc/${pid}/cmdline`).split('\0').join(' '));
  return [{ pid, parent: field(4), cpuSeconds: ticks / ticksPerSecond, role }];
}

/**
 * Bytes of memory of a process, each page divided by the processes that share it (proportional set size): PostgreSQL's
 * processes share their buffers. 0: it has ended meanwhile.
 */
export function memoryOf(pid: number): number {
  const kibibytes = /^Pss:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1];
  return Number(kibibytes ?? 0) * 1_024;
}

function roleOf(command: string): ProcessRole {
  if (command.includes('trainer-process')) return 'trainers';
  if (command.includes('--role control')) return 'control';
  if (command.includes('--role train') || command.includes('worker/main.js')) return 'workers';
  if (command.includes('postgres')) return 'postgres';
  return command.includes('temporal') ? 'temporal' : 'others';
}

/** Empty: the process has ended meanwhile, or is somebody else's. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
