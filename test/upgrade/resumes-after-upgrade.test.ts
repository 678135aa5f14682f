import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Migration, Migrator } from 'kysely';
import { describe, expect, it, onTestFinished } from 'vitest';
import { replaySearch } from '../../src/search/fold/replay.ts';
import { commandSweep } from '../../src/store/commands.ts';
import { openStore, type Store } from '../../src/store/database/open-store.ts';
import { readSearchLog } from '../../src/store/search/search-log.ts';
import { wakeSweep } from '../../src/worker/wake-sweep.ts';
import { TestMachine } from '../support/test-machine.ts';
import { restoreRecord, type StoredRecord, thaw } from './stored-record.ts';

/*
 * A machine of the version before ran four sweeps (a grid, a paused one, halving, tpe with median stopping). All of its
 * processes were killed in the middle of a step, and Temporal's data are lost. This version gets the rows and the
 * checkpoint files (`npm run record:upgrade` made them), migrates, and goes on.
 */
const stored = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.json.gz'));
const migrationsFolder = join(import.meta.dirname, '..', '..', 'migrations');

describe.each(stored)('a record of an earlier version, %s', (file) => {
  const record = thaw(readFileSync(join(import.meta.dirname, file)));

  it('is migrated, its sweeps go on from what was recorded, and all of them complete', async () => {
    const machine = await restored(record);
    const sweeps = await machine.store.db
      .selectFrom('sweeps')
      .select(['id', 'name', 'state', 'definition', 'inputs'])
      .execute();
    expect(sweeps.map(({ name, state }) => `${name} ${state}`).toSorted()).toEqual([
      'adaptive running',
      'halved running',
      'paused paused',
      'plain running',
    ]);
    const before = await finishedWork(machine.store);
    const halfDone = await halfDoneTrainings(machine.store);
    expect(halfDone.length).toBeGreaterThan(0);
    const paused = sweeps.find(({ state }) => state === 'paused')?.id ?? '';
    for (const { id } of sweeps.filter((sweep) => sweep.id !== paused))
      expect(await machine.finished(id, 120_000)).toBe('completed');
    expect(await machine.account(paused)).toMatchObject({ open: 2 });
    await commandSweep(machine.store, 'paused', crypto.randomUUID(), { kind: 'resume' });
    await wakeSweep(machine.client, { deployment: machine.deployment, sweepId: paused });
    expect(await machine.finished(paused, 60_000)).toBe('completed');

    for (const { id, definition, inputs } of sweeps) {
      expect(await machine.account(id)).toMatchObject({ open: 0, doubled: 0, gaps: 0 });
      const log = await readSearchLog(machine.store.db, id);
      expect(replaySearch([{ definition, inputs }], log)).toMatchObject({ differences: [] });
    }
    // What was finished stands as it was, and was not worked on again.
    expect(await finishedWork(machine.store)).toEqual(expect.arrayContaining([...before]));
    // No step before a checkpoint that was recorded was taken again.
    for (const { id, step } of halfDone)
      expect(await firstStepAfter(machine.store, id, step)).toSatisfy((first) => first === null || first === step + 1);
    expect(await machine.looseEnds()).toEqual([]);
  }, 240_000);
});

async function restored(record: StoredRecord): Promise<TestMachine> {
  const folder = mkdtempSync(join(tmpdir(), 'dropsweep-upgraded-'));
  const machine = new TestMachine({
    folder,
    restore: async (databaseUrl) => {
      await migrateAsThen(databaseUrl, record.schema);
      await restoreRecord(record, databaseUrl, join(folder, 'checkpoints'));
    },
  });
  onTestFinished(async () => {
    await machine.stop();
    machine.discard();
  }, 60_000);
  await machine.start();
  return machine;
}

/** Migrations are frozen: those up to the record's make the schema that it was written in. */
async function migrateAsThen(databaseUrl: string, last: string): Promise<void> {
  const names = readdirSync(migrationsFolder)
    .map((file) => file.replace(/\.ts$/, ''))
    .filter((name) => name <= last)
    .toSorted();
  const migrations: Record<string, Migration> = {};
  for (const name of names) migrations[name] = (await import(`../../migrations/${name}.ts`)) as Migration;
  const store = openStore(databaseUrl);
  const migrator = new Migrator({ db: store.db, provider: { getMigrations: () => Promise.resolve(migrations) } });
  const { error } = await migrator.migrateToLatest();
  await store.close();
  if (error !== undefined) throw error;
}

function halfDoneTrainings(store: Store) {
  return store.db
    .selectFrom('trainings')
    .innerJoin('checkpoints', 'checkpoints.training_id', 'trainings.id')
    .select(['trainings.id', 'checkpoints.step'])
    .where('state', '=', 'active')
    .execute();
}

/** Of the chunks of losses that begin after a step, the first; null: none was written (it diverged, or was let go). */
async function firstStepAfter(store: Store, trainingId: string, step: number): Promise<number | null> {
  const { first } = await store.db
    .selectFrom('metrics')
    .select((select) => select.fn.min('first_step').as('first'))
    .where('training_id', '=', trainingId)
    .where('name', '=', 'loss')
    .where('first_step', '>', step)
    .executeTakeFirstOrThrow();
  return first;
}

/** Scores of what has succeeded, and how often it was worked on. */
function finishedWork(store: Store) {
  return store.db
    .selectFrom('trainings')
    .innerJoin('evaluations', 'evaluations.training_id', 'trainings.id')
    .select(['training_hash', 'evaluation_hash', 'attempt_count', 'evaluations.metrics', 'train_seconds'])
    .where('state', '=', 'succeeded')
    .where('evaluations.status', '=', 'done')
    .execute();
}
