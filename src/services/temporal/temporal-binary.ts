import type { Progress } from '../../base/progress.ts';
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { DropsweepError } from '../../base/errors.ts';
import { cacheFolderOf } from '../../hub/cache-folder.ts';
import { withFileLock } from '../../hub/file-lock.ts';
import { buildTemporal } from './build-temporal.ts';
import { downloadTemporal, isExecutable } from './download-temporal.ts';

export interface TemporalBinaryOptions {
  readonly environment?: NodeJS.ProcessEnv;
  readonly progress?: Progress;
  readonly buildTimeoutMs?: number;
  /** Fetches the program into an empty folder; default: the SDK's downloader. @returns the program's file */
  readonly download?: (version: string, folder: string, timeoutMs: number) => Promise<string>;
}

const run = promisify(execFile);
/** The last release whose module `go install` accepts (later ones have a replace directive). */
const pinnedVersion = '1.5.1';
/** Prefix of the names of the folders that a program is fetched in. */
const placePrefix = 'fetch-';
const downloadTimeoutMs = 180_000;
const buildTimeoutMs = 1_200_000;
/** The first server whose development mode takes SQLite pragmas the way `startTemporal` gives them. */
const oldestServer = [1, 24] as const;

/**
 * A Temporal CLI that holds a server: on PATH, in our cache, or fetched now into our cache: downloaded, else built with
 * Go.
 * @throws TEMPORAL_BINARY_MISSING with what each place said
 */
export async function temporalBinary(options: TemporalBinaryOptions = {}): Promise<string> {
  const found = await temporalBinaryIfThere(options.environment ?? process.env);
  if ('binary' in found) return found.binary;
  const { tried, cached } = found;
  const folder = dirname(cached);
  mkdirSync(folder, { recursive: true });
  const failed = await withFileLock(join(folder, 'lock'), () => fetchInto(cached, options), options);
  if (failed.length > 0) throw missing([...tried, ...failed]);
  return cached;
}

/** @returns why each way of fetching failed; none: it is there now */
async function fetchInto(cached: string, options: TemporalBinaryOptions): Promise<readonly string[]> {
  if ((await faultOf(cached)) === null) return []; // Whoever held the lock before fetched it.
  const failed: string[] = [];
  const folder = dirname(cached);
  // The lock is ours: what lies here is of somebody who was killed.
  for (const name of readdirSync(folder)) if (name.startsWith(placePrefix)) remove(join(folder, name));
  for (const way of [download, build]) {
    const place = mkdtempSync(join(folder, placePrefix));
    try {
      const program = await way(place, options);
      chmodSync(program, 0o755);
      const fault = await faultOf(program);
      if (fault !== null) throw new Error(fault);
      renameSync(program, cached);
      return [];
    } catch (error) {
      failed.push(`${way === download ? 'download' : 'go install'}: ${lastLines(error)}`);
    } finally {
      remove(place);
    }
  }
  return failed;
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** As `temporalBinary`, but builds nothing; else where it looked, and where a build would go. */
export async function temporalBinaryIfThere(
  environment: NodeJS.ProcessEnv,
): Promise<{ readonly binary: string } | { readonly tried: readonly string[]; readonly cached: string }> {
  const cached = join(cacheFolderOf(environment), 'bin', `temporal-cli-v${pinnedVersion}`, 'temporal');
  const onPath = findOnPath('temporal', environment);
  const tried = onPath === null ? ['PATH: none'] : [];
  for (const binary of onPath === null ? [cached] : [onPath, cached]) {
    const fault = await faultOf(binary);
    if (fault === null) return { binary };
    tried.push(`${binary}: ${fault}`);
  }
  return { tried, cached };
}

/** The server's version, e.g. `1.29.1`; its database file is kept apart by it. */
export async function temporalServerVersion(binary: string): Promise<string> {
  const { stdout } = await run(binary, ['--version'], { timeout: 20_000 });
  return /Server (\d+\.\d+\.\d+)/.exec(stdout)?.[1] ?? 'unknown';
}

async function faultOf(binary: string): Promise<string | null> {
  if (!isExecutable(binary)) return 'no executable file';
  try {
    const version = await temporalServerVersion(binary);
    const [major = 0, minor = 0] = version.split('.').map(Number);
    const fits = major === oldestServer[0] && minor >= oldestServer[1];
    return fits ? null : `holds server ${version}, needs ${oldestServer.join('.')} or newer`;
  } catch (error) {
    return lastLines(error);
  }
}

async function download(place: string, options: TemporalBinaryOptions): Promise<string> {
  options.progress?.(`downloading the Temporal server ${pinnedVersion}; once`);
  const { download: fetchProgram = downloadTemporal } = options;
  return fetchProgram(pinnedVersion, place, downloadTimeoutMs);
}

async function build(place: string, options: TemporalBinaryOptions): Promise<string> {
  const environment = options.environment ?? process.env;
  const go = findOnPath('go', environment);
  if (go === null) throw new Error('no Go on PATH');
  const { progress, buildTimeoutMs: timeoutMs = buildTimeoutMs } = options;
  return buildTemporal({ go, version: pinnedVersion, place, environment, timeoutMs, progress });
}

function missing(tried: readonly string[]): DropsweepError {
  return new DropsweepError('TEMPORAL_BINARY_MISSING', 'no Temporal server to start', {
    got: tried.join('; '),
    expected: `the Temporal CLI ${pinnedVersion} or newer on PATH, a way to its download, or Go to build it with`,
    fix: 'install the Temporal CLI, or Go; or set TEMPORAL_ADDRESS to a server of your own',
  });
}

function findOnPath(name: string, environment: NodeJS.ProcessEnv): string | null {
  const folders = (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null;
}

function lastLines(error: unknown): string {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
  const text = said === '' ? (error instanceof Error ? error.message : String(error)) : said;
  return text.split('\n').slice(-3).join(' | ').slice(0, 500);
}
