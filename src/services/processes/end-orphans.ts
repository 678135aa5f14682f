import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readStartTime } from '../../worker/slots/process-identity.ts';
import { endProcess, endSteps } from './end-process.ts';
import { clusterFolderOf, isOfCluster } from '../postgres/cluster-folder.ts';
import { readStatus } from '../services-status.ts';

/**
 * Ends what a supervisor that was killed left running, workers first. Only the owner of the data directory may.
 * @returns what was ended
 */
export async function endOrphans(dataDirectory: string): Promise<string[]> {
  const ended: string[] = [];
  const services = readStatus(dataDirectory)?.services ?? {};
  for (const name of ['worker', 'temporal', 'postgres']) {
    const left = services[name]?.process ?? null;
    if (left === null || readStartTime(left.pid) !== left.startTime) continue;
    await endProcess(left, endSteps[name] ?? []);
    ended.push(`${name} (pid ${left.pid})`);
  }
  ended.push(...(await endUnrecorded(dataDirectory)));
  const unrecorded = await endUnrecordedPostgres(dataDirectory);
  return unrecorded === null ? ended : [...ended, unrecorded];
}

/**
 * A supervisor that was killed between starting a process and writing it down has left one that no record names: it is
 * found by what it was started with, which names this data directory.
 */
async function endUnrecorded(dataDirectory: string): Promise<readonly string[]> {
  const started = [
    ['worker', `--data ${dataDirectory} --supervised`],
    ['temporal', `--db-filename ${join(dataDirectory, 'temporal-')}`],
  ] as const;
  const lines = execFileSync('ps', ['-A', '-ww', '-o', 'pid=,args='], { encoding: 'utf8', maxBuffer: 2 ** 26 }).split(
    '\n',
  );
  const ended: string[] = [];
  for (const [name, words] of started) {
    for (const line of lines) {
      const pid = Number(/^\s*(\d+) /.exec(line)?.[1]);
      const startTime = line.includes(words) && pid !== process.pid ? readStartTime(pid) : null;
      if (startTime === null) continue;
      await endProcess({ pid, startTime }, endSteps[name] ?? []);
      ended.push(`${name} (pid ${pid})`);
    }
  }
  return ended;
}

/** PostgreSQL records itself: one that started just before its supervisor was killed is found by its own file. */
async function endUnrecordedPostgres(dataDirectory: string): Promise<string | null> {
  const folder = clusterFolderOf(dataDirectory);
  const file = join(folder, 'postmaster.pid');
  if (!existsSync(file)) return null;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  const startTime = Number.isInteger(pid) && pid > 1 ? readStartTime(pid) : null;
  if (startTime === null || !isOfCluster(folder, pid, commandOf(pid))) {
    // PostgreSQL would take any process of that number for another server and refuse to start.
    rmSync(file, { force: true });
    return null;
  }
  await endProcess({ pid, startTime }, endSteps['postgres'] ?? []);
  return `postgres (pid ${pid})`;
}

function commandOf(pid: number): string {
  try {
    return execFileSync('ps', ['-o', 'args=', '-ww', '-p', String(pid)], { encoding: 'utf8' });
  } catch (error) {
    // ps ends with 1 when there is no such process.
    if (error instanceof Error && 'status' in error && error.status === 1) return '';
    throw error;
  }
}
