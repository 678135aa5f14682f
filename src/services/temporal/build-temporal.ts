import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Progress } from '../../base/progress.ts';

export interface BuildOptions {
  /** Go's program. */
  readonly go: string;
  readonly version: string;
  /** An empty folder, where all that Go keeps comes to lie too. */
  readonly place: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly timeoutMs: number;
  readonly progress?: Progress | undefined;
}

/**
 * Builds the Temporal program with Go, telling how many of its packages are compiled. Go is asked for its commands first,
 * which fetches the modules and names every package that is to be compiled.
 * @returns the program's file
 * @throws what Go said last
 */
export async function buildTemporal({
  go,
  version,
  place,
  environment,
  timeoutMs,
  progress,
}: BuildOptions): Promise<string> {
  // Everything that Go keeps lies in the place, gigabytes of it, and is removed with it; -modcacherw lets it be removed.
  const folders = { GOPATH: 'go', GOMODCACHE: 'modules', GOCACHE: 'build', GOTMPDIR: 'temporary', GOBIN: '.' };
  const kept = Object.entries(folders).map(([name, folder]) => [name, join(place, folder)] as const);
  for (const [, folder] of kept) mkdirSync(folder, { recursive: true });
  const flags = ['-modcacherw', '-trimpath', '-ldflags', '-s -w', `github.com/temporalio/cli/cmd/temporal@v${version}`];
  const until = performance.now() + timeoutMs;
  const run = (own: string, told: (line: string) => void): Promise<void> =>
    runGo(
      [go, 'install', own, ...flags],
      { ...environment, ...Object.fromEntries(kept) },
      until - performance.now(),
      told,
    );
  const fetching = `fetching the modules of the Temporal server ${version}; once`;
  progress?.(fetching);
  let [modules, packages] = [0, 0];
  await run('-n', (line) => {
    if (line.startsWith('go: downloading')) progress?.(fetching, { done: (modules += 1), of: null, unit: 'modules' });
    if (/^# \S+$/.test(line)) packages += 1;
  });
  const building = `building the Temporal server ${version} with Go; once, takes some minutes`;
  progress?.(building);
  let compiled = 0;
  await run('-v', (line) => {
    if (!/^[\w.~+/-]+$/.test(line)) return;
    compiled += 1;
    if (compiled === packages) progress?.(`linking the Temporal server ${version}`);
    else progress?.(building, { done: compiled, of: packages === 0 ? null : packages, unit: 'packages' });
  });
  return join(place, 'temporal');
}

/** Lines of what a program said that are kept for its error. */
const keptLines = 3;

/** @param told of each line on standard error, as it comes */
async function runGo(
  [program = '', ...words]: readonly string[],
  env: NodeJS.ProcessEnv,
  timeout: number,
  told: (line: string) => void,
): Promise<void> {
  const child = spawn(program, words, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env,
    timeout: Math.max(1, Math.ceil(timeout)),
  });
  const ended = once(child, 'close');
  const last: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    if (line.trim() === '') continue;
    last.push(line);
    if (last.length > keptLines) last.shift();
    told(line);
  }
  const [status, signal] = (await ended) as [number | null, NodeJS.Signals | null];
  if (status === 0) return;
  throw new Error(signal === null ? last.join(' | ') : `ended by ${signal} after its time: ${last.join(' | ')}`);
}
