import { readFileSync } from 'node:fs';

/**
 * How many processes the kernel has killed for memory, on this machine and in this cgroup; null where it does not say.
 * A trainer that died of SIGKILL while this grew was killed for its own appetite; otherwise somebody else did it.
 */
export function outOfMemoryCount(): number | null {
  const counts = [
    readCount('/proc/vmstat', /^oom_kill (\d+)$/m),
    readCount('/sys/fs/cgroup/memory.events', /^oom_kill (\d+)$/m),
  ].filter((count) => count !== null);
  return counts.length === 0 ? null : counts.reduce((a, b) => a + b, 0);
}

/** Between two readings for what only begins: segments of milliseconds would spend more on them than on themselves. */
const readAgainAfterMs = 1_000;
let recent: { readonly at: number; readonly count: number | null } = { at: -Infinity, count: null };

/** The count as it was a second ago at most: what was killed in between is held against whoever begins now. */
export function recentOutOfMemoryCount(): number | null {
  const now = performance.now();
  if (now - recent.at > readAgainAfterMs) recent = { at: now, count: outOfMemoryCount() };
  return recent.count;
}

function readCount(path: string, pattern: RegExp): number | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return null; // Not on this system, or not for us to read.
  }
  const found = pattern.exec(text);
  return found?.[1] === undefined ? null : Number(found[1]);
}
