import { type Migration, Migrator, sql } from 'kysely';
import * as initial from '../../../migrations/0001-initial.ts';
import * as packing from '../../../migrations/0002-packing.ts';
import * as theoryConstants from '../../../migrations/0003-theory-constants.ts';
import * as outputRows from '../../../migrations/0004-output-rows.ts';
import * as metricsAreJson from '../../../migrations/0005-metrics-are-json.ts';
import * as searchLog from '../../../migrations/0006-search-log.ts';
import * as pins from '../../../migrations/0007-pins.ts';
import * as searchEnds from '../../../migrations/0008-search-ends.ts';
import * as unreadLoss from '../../../migrations/0009-unread-loss.ts';
import * as furtherValues from '../../../migrations/0010-further-values.ts';
import * as furtherSets from '../../../migrations/0011-further-sets.ts';
import * as draining from '../../../migrations/0012-draining.ts';
import * as evaluationPages from '../../../migrations/0013-evaluation-pages.ts';
import * as annotations from '../../../migrations/0014-annotations.ts';
import * as sweepFiles from '../../../migrations/0015-sweep-files.ts';
import * as notices from '../../../migrations/0016-notices.ts';
import * as rowGroups from '../../../migrations/0017-row-groups.ts';
import * as forgottenCheckpoints from '../../../migrations/0018-forgotten-checkpoints.ts';
import * as trainingExtremes from '../../../migrations/0019-training-extremes.ts';
import * as launchInBlocks from '../../../migrations/0020-launch-in-blocks.ts';
import * as searchSnapshots from '../../../migrations/0021-search-snapshots.ts';
import * as settingsHash from '../../../migrations/0022-settings-hash.ts';
import * as hotTables from '../../../migrations/0023-hot-tables.ts';
import * as updatesInPlace from '../../../migrations/0024-updates-in-place.ts';
import * as failuresInTheLog from '../../../migrations/0025-failures-in-the-log.ts';
import * as runningTimeAndAsks from '../../../migrations/0026-running-time-and-asks.ts';
import * as hardwareOfWorkers from '../../../migrations/0027-hardware-of-workers.ts';
import { DropsweepError } from '../../base/errors.ts';
import { oldestPostgres, tooOld } from './oldest-postgres.ts';
import type { Store } from './open-store.ts';

const migrations: Record<string, Migration> = {
  '0001-initial': initial,
  '0002-packing': packing,
  '0003-theory-constants': theoryConstants,
  '0004-output-rows': outputRows,
  '0005-metrics-are-json': metricsAreJson,
  '0006-search-log': searchLog,
  '0007-pins': pins,
  '0008-search-ends': searchEnds,
  '0009-unread-loss': unreadLoss,
  '0010-further-values': furtherValues,
  '0011-further-sets': furtherSets,
  '0012-draining': draining,
  '0013-evaluation-pages': evaluationPages,
  '0014-annotations': annotations,
  '0015-sweep-files': sweepFiles,
  '0016-notices': notices,
  '0017-row-groups': rowGroups,
  '0018-forgotten-checkpoints': forgottenCheckpoints,
  '0019-training-extremes': trainingExtremes,
  '0020-launch-in-blocks': launchInBlocks,
  '0021-search-snapshots': searchSnapshots,
  '0022-settings-hash': settingsHash,
  '0023-hot-tables': hotTables,
  '0024-updates-in-place': updatesInPlace,
  '0025-failures-in-the-log': failuresInTheLog,
  '0026-running-time-and-asks': runningTimeAndAsks,
  '0027-hardware-of-workers': hardwareOfWorkers,
};

/**
 * Brings the schema to this version's. Concurrent callers wait for one another.
 * @returns names of the migrations that were applied now
 * @throws SERVICE_UNAVAILABLE when the database refuses one; what came before it stands.
 */
export async function migrate(store: Store): Promise<readonly string[]> {
  await demandVersion(store);
  const migrator = new Migrator({ db: store.db, provider: { getMigrations: () => Promise.resolve(migrations) } });
  const { error, results } = await migrator.migrateToLatest();
  if (error !== undefined) {
    throw new DropsweepError('SERVICE_UNAVAILABLE', 'the database schema could not be brought up to date', {
      got: error instanceof Error ? error.message : JSON.stringify(error),
      expected: `a user who may create tables; a schema no newer than ${Object.keys(migrations).at(-1)}`,
      fix: mayNotCreate(error)
        ? 'let its owner run: GRANT CREATE ON SCHEMA public TO the user of DATABASE_URL (since PostgreSQL 15 nobody has it unasked)'
        : 'check DATABASE_URL; a newer dropsweep may have written this database',
      cause: error,
    });
  }
  return (results ?? []).filter((result) => result.status === 'Success').map((result) => result.migrationName);
}

/** @throws SERVICE_UNAVAILABLE */
async function demandVersion(store: Store): Promise<void> {
  const { rows } = await sql<{ version: number }>`
    select current_setting('server_version_num')::integer as version`.execute(store.db);
  const version = rows[0]?.version;
  if (version === undefined) throw new Error('a server has a version');
  if (version >= oldestPostgres) return;
  throw new DropsweepError('SERVICE_UNAVAILABLE', tooOld(version), {
    where: 'DATABASE_URL',
    expected: `PostgreSQL ${oldestPostgres / 10_000} or newer`,
    fix: 'name a newer server, or unset DATABASE_URL for this machine’s own',
  });
}

/**
 * Looks at the schema before anything of it is read: what another version wrote may not be where this one looks.
 * @throws SERVICE_UNAVAILABLE where it is newer than this version, or older
 */
export async function demandKnownSchema(store: Store): Promise<void> {
  const { isOlder, newest } = await lookAtSchema(store);
  if (!isOlder) return;
  throw new DropsweepError('SERVICE_UNAVAILABLE', 'the database is of an older dropsweep', {
    where: 'the database in use',
    got: newest ?? 'an empty database',
    expected: `the schema ${Object.keys(migrations).at(-1)}`,
    fix: 'bring it up to date: dropsweep migrate',
  });
}

/**
 * Looks at the schema, for who can do without what it holds.
 * @returns the newest migration that it has, null where it has none, and whether this version would bring more
 * @throws SERVICE_UNAVAILABLE where it is newer than this version
 */
export async function lookAtSchema(
  store: Store,
): Promise<{ readonly isOlder: boolean; readonly newest: string | null }> {
  const { rows: tables } = await sql<{ there: boolean }>`
    select to_regclass('kysely_migration') is not null as there`.execute(store.db);
  const { rows } =
    tables[0]?.there === true
      ? await sql<{ name: string }>`select name from kysely_migration order by name`.execute(store.db)
      : { rows: [] };
  const known = Object.keys(migrations);
  const newer = rows.findLast(({ name }) => !known.includes(name));
  if (newer === undefined) return { isOlder: rows.length < known.length, newest: rows.at(-1)?.name ?? null };
  throw new DropsweepError('SERVICE_UNAVAILABLE', 'the database was written by a newer dropsweep', {
    where: 'the database in use',
    got: newer.name,
    expected: `the schema ${known.at(-1)}`,
    fix: 'use the version that wrote it, or a later one',
  });
}

function mayNotCreate(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '42501';
}
