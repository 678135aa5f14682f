import { run } from '@stricli/core';
import { appFor } from '../../src/cli/app.ts';
import type { CliContext } from '../../src/cli/cli-context.ts';
import type { CliRun } from './run-cli.ts';

/** Runs a command line in this process, as main does, its output kept. `process.env` is this process's own. */
export async function runInProcess(words: readonly string[]): Promise<CliRun> {
  const kept = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') => ({
    isTTY: false,
    write: (text: string | Uint8Array) => {
      kept[name] += String(text);
      return true;
    },
  });
  const seen: { exitCode?: number | string | undefined } = {};
  const keepStatus = (status: number): void => {
    seen.exitCode = status;
  };
  const own = Object.create(process, {
    stdout: { value: stream('stdout') },
    stderr: { value: stream('stderr') },
    exitCode: { get: () => seen.exitCode, set: keepStatus },
  }) as NodeJS.Process;
  const context: CliContext = { process: own, runAgain: () => Promise.resolve(), propose: () => Promise.resolve([]) };
  const ended = { stdout: own.stdout, stderr: own.stderr, exitCode: null };
  await run(appFor(words), [...words], { process: ended, forCommand: () => context });
  return { status: Number(seen.exitCode ?? ended.exitCode ?? 0), ...kept };
}
