import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';

const main = resolve(import.meta.dirname, '../../dist/cli/main.js');

export interface CliRun {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliSetting {
  readonly nodeArgs?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Its standard input; absent: none. */
  readonly input?: string;
}

/** An empty home, so that what a command creates is seen, and nothing of this machine's is. */
export function emptyHome(): string {
  return mkdtempSync(join(tmpdir(), 'dropsweep-cli-'));
}

/** Runs the built `dropsweep` as a process of its own, its output piped. */
export async function runCli(home: string, args: readonly string[], setting: CliSetting = {}): Promise<CliRun> {
  const child = spawn(process.execPath, [...(setting.nodeArgs ?? []), main, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      XDG_DATA_HOME: join(home, 'data'),
      XDG_CACHE_HOME: join(home, 'cache'),
      ...setting.environment,
    },
  });
  child.stdin.end(setting.input ?? '');
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { status: Number(status), stdout, stderr };
}
