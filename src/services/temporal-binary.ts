import { execFile } from 'node:child_process';
import { accessSync, chmodSync, constants, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { DropsweepError } from '../base/errors.ts';
import { cacheFolderOf } from '../hub/cache-folder.ts';
import { withFileLock } from '../hub/file-lock.ts';

export interface TemporalBinaryOptions {
  readonly environment?: NodeJS.ProcessEnv;
  progress?(text: string): void;
  readonly buildTimeoutMs?: number;
}

const run = promisify(execFile);
/** The last release whose module `go install` accepts (later ones have a replace directive). */
const pinnedVersion = '1.5.1';
/** The first server whose development mode takes SQLite pragmas the way `startTemporal` gives them. */
const oldestServer = [1, 24] as const;

/**
 * A Temporal CLI that holds a server: on PATH, in our cache, or built now with Go into our cache.
 * @throws TEMPORAL_BINARY_MISSING with what each place said
 */
export async function temporalBinary(options: TemporalBinaryOptions = {}): Promise<string> {
  const environment = options.environment ?? process.env;
  const found = await temporalBinaryIfThere(environment);
  if ('binary' in found) return found.binary;
  const { tried, cached } = found;
  const folder = dirname(cached);
  const go = findOnPath('go', environment);
  if (go === null) throw missing([...tried, 'go install: no Go on PATH']);
  try {
    mkdirSync(folder, { recursive: true });
    await withFileLock(join(folder, 'lock'), () => build(go, folder, options), options);
    return cached;
  } catch (error) {
    throw missing([...tried, `go install: ${lastLines(error)}`], error);
  }
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

async function build(go: string, folder: string, options: TemporalBinaryOptions): Promise<void> {
  const environment = options.environment ?? process.env;
  const cached = join(folder, 'temporal');
  if ((await faultOf(cached)) === null) return; // Whoever held the lock before built it.
  options.progress?.(`building the Temporal server ${pinnedVersion} with Go; once, takes some minutes`);
  const place = mkdtempSync(join(folder, 'build-'));
  const cache = cacheFolderOf(environment);
  try {
    await run(
      go,
      ['install', '-trimpath', '-ldflags', '-s -w', `github.com/temporalio/cli/cmd/temporal@v${pinnedVersion}`],
      {
        timeout: options.buildTimeoutMs ?? 1_200_000,
        maxBuffer: 1 << 24,
        env: {
          ...(environment['HOME'] === undefined ? { GOPATH: join(cache, 'go'), GOCACHE: join(cache, 'go-build') } : {}),
          ...environment,
          GOBIN: place,
        },
      },
    );
    const built = join(place, 'temporal');
    chmodSync(built, 0o755);
    renameSync(built, cached);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

function missing(tried: readonly string[], cause?: unknown): DropsweepError {
  return new DropsweepError('TEMPORAL_BINARY_MISSING', 'no Temporal server to start', {
    got: tried.join('; '),
    expected: `the Temporal CLI ${pinnedVersion} or newer on PATH, or Go to build it with`,
    fix: 'install the Temporal CLI, or Go; or set TEMPORAL_ADDRESS to a server of your own',
    ...(cause === undefined ? {} : { cause }),
  });
}

function findOnPath(name: string, environment: NodeJS.ProcessEnv): string | null {
  const folders = (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function lastLines(error: unknown): string {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
  const text = said === '' ? (error instanceof Error ? error.message : String(error)) : said;
  return text.split('\n').slice(-3).join(' | ').slice(0, 500);
}
