import { readdirSync, readFileSync } from 'node:fs';

const ticksPerSecond = 100;

interface ProcessFigures {
  readonly pid: number;
  readonly parent: number;
  /** Of itself and of its children that have ended, in seconds. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly command: string;
}

/** All processes that this one has started, and theirs, as /proc has them (Linux). */
export function descendants(): readonly ProcessFigures[] {
  const all = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? readProcess(Number(name)) : []));
  const found = new Set([process.pid]);
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid);
  }
  return all.filter(({ pid }) => pid !== process.pid && found.has(pid));
}

function readProcess(pid: number): ProcessFigures[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    // As proc(5) counts them, less the first two: 4 ppid, 14 utime, 15 stime, 16 cutime, 17 cstime, 24 rss.
    const field = (number: number) => fields[number - 3] ?? 0;
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
    const ticks = field(14) + field(15) + field(16) + field(17);
    return [{ pid, parent: field(4), cpuSeconds: ticks / ticksPerSecond, residentBytes: field(24) * 4_096, command }];
  } catch {
    return []; // It has ended since the folder was listed.
  }
}
