import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Migration, Migrator } from 'kysely';
import { describe, expect, it, onTestFinished } from 'vitest';
import { replaySearch } from '../../src/search/fold/replay.ts';
import { commandSweep } from '../../src/store/commands.ts';
import { openStore, type Store } from '../../src/store/database/open-store.ts';
import { askTraining } from '../../src/store/programs/ask-training.ts';
import { reportTraining, tellTraining } from '../../src/store/programs/tell-training.ts';
import { readSearchLog, stagesOf } from '../../src/store/search/search-log.ts';
import { wakeSweep } from '../../src/worker/watching/wake-sweep.ts';
import { TestMachine } from '../support/test-machine.ts';
import { restoreRecord, type StoredRecord, thaw } from './stored-record.ts';

/*
 * A machine of an earlier version ran sweeps (a grid, a paused one, halving, tpe with median stopping; the later also ASHA
 * that was extended, a race over seeds, a budget, and one whose programs ask). All of its processes were killed in the
 * middle of a step, and Temporal's data are lost. This version gets the rows and the checkpoint files (`npm run
 * record:upgrade` made them), migrates, and goes on.
 */
const stored = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.json.gz'));
const migrationsFolder = join(import.meta.dirname, '..', '..', 'migrations');

describe.each(stored)('a record of an earlier version, %s', (file) => {
  const record = thaw(readFileSync(join(import.meta.dirname, file)));

  it('is migrated, its sweeps go on from what was recorded, and all of them complete', async () => {
    const machine = await restored(record);
    const sweeps = await machine.store.db
      .selectFrom('sweeps')
      .select(['id', 'name', 'state', 'trainer', 'definition', 'inputs', 'former_stages'])
      .orderBy('name')
      .execute();
    const unfinished = (record.tables['sweeps'] ?? []).filter(({ state }) => state === 'running' || state === 'paused');
    expect(sweeps.map(({ name }) => name)).toEqual(unfinished.map(({ name }) => String(name)).toSorted());
    const before = await finishedWork(machine.store);
    const halfDone = await halfDoneTrainings(machine.store);
    expect(halfDone.length).toBeGreaterThan(0);
    const paused = sweeps.find(({ state }) => state === 'paused');
    const waiting = await machine.account(paused?.id ?? '');
    for (const { id, name, trainer } of sweeps.filter((sweep) => sweep !== paused)) {
      if (trainer === 'asked') await answerAll(machine.store, name);
      expect(await machine.finished(id, 120_000)).toBe('completed');
    }
    expect(await machine.account(paused?.id ?? '')).toEqual(waiting);
    await commandSweep(machine.store, 'paused', crypto.randomUUID(), { kind: 'resume' });
    await wakeSweep(machine.client, { deployment: machine.deployment, sweepId: paused?.id ?? '' });
    expect(await machine.finished(paused?.id ?? '', 60_000)).toBe('completed');

    for (const { id, trainer, ...sweep } of sweeps) {
      const { gaps, ...account } = await machine.account(id);
      expect(account).toMatchObject({ open: 0, doubled: 0 });
      // Programs report the losses that they like.
      if (trainer !== 'asked') expect(gaps).toBe(0);
      const log = await readSearchLog(machine.store.db, id);
      expect(replaySearch(stagesOf(sweep), log)).toMatchObject({ differences: [] });
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

/** Programs that take up what others had, and ask until there is nothing more. */
async function answerAll(store: Store, sweep: string): Promise<void> {
  for (let waited = 0; waited < 300; ) {
    const asked = await askTraining(store, { sweep, leaseSeconds: 60, who: 'the newer version' });
    if (asked.kind === 'over') return;
    if (asked.kind === 'wait') {
      waited += 1;
      await sleep(400);
      continue;
    }
    const { lease, report_at: step, steps } = asked;
    const values = { loss: Number(Object.values(asked.configuration)[0]) };
    if (step < steps) await reportTraining(store, lease, { step, values, leaseSeconds: 60 });
    else await tellTraining(store, lease, { kind: 'result', values });
  }
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
