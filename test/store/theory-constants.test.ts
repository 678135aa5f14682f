import { Migrator, sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as initial from '../../migrations/0001-initial.ts';
import * as packing from '../../migrations/0002-packing.ts';
import { migrate } from '../../src/store/database/migrate.ts';
import { openStore } from '../../src/store/database/open-store.ts';
import { readSweepProvenance } from '../../src/store/views/sweep-list.ts';
import { look } from '../../src/store/database/open-store.ts';
import { readTrialsOf, readTrialValues } from '../../src/store/views/trials/trial-values.ts';
import { complexity } from '../../src/evaluate/complexity.ts';
import { readSweepSnapshot } from '../../src/store/views/sweep-reader.ts';
import type { SweepPlan } from '../../src/sweep/sweep-definition.ts';
import type { TheoryConstants } from '../../src/train/process/trainer-protocol.ts';
import { startTestDatabase } from '../support/postgres.ts';
import { openRecordUnderTest, outcomeOf, planOf, type RecordUnderTest } from './record-under-test.ts';

/*
 * A sweep whose trainings were all there already is over as soon as it is launched: it has to find the constants of its
 * complexity where another sweep left them, or wait for them alone.
 */

const constants: TheoryConstants = {
  loss_bound: 0.7,
  lipschitz: 2,
  hessian_minimum: 0.5,
  implicit_sparsity: 0.25,
  confidence: 0.05,
  train_rows: 64,
  method: 'as a test says',
};

let record: RecordUnderTest;
beforeEach(async () => {
  record = await openRecordUnderTest();
});
afterEach(() => record.close());

it('the estimate has the largest loss and gradient that a training met, and is there once it has trained', async () => {
  const sweep = await record.launch(planOf('met', 2));
  await record.drive.writeTheoryConstants(sweep, constants);
  const segment = await record.take(sweep);
  const outcome = outcomeOf(segment);
  if (segment.kind !== 'train' || outcome.kind !== 'trained') throw new Error('a training comes first');
  const chunk = (name: string, firstStep: number, values: readonly number[]) => ({
    name,
    firstStep,
    values: Float64Array.from(values),
  });
  await record.ledger.renew(segment.lease, 60_000, [
    chunk('data_loss', 1, [0.9, 2.5]),
    chunk('gradient_norm', 1, [1, 1.5]),
  ]);
  await record.ledger.commit(segment.lease, {
    ...outcome,
    metrics: [chunk('data_loss', 3, [Number.POSITIVE_INFINITY, Number.NaN]), chunk('gradient_norm', 3, [1, 1])],
  });
  const page = { sort: { by: 'metric', name: 'complexity_estimated', direction: 'minimize' }, offset: 0 } as const;
  const { trials } = await readSweepSnapshot(record.store, 'met', { page });
  // What has trained is before what has not, and η stays the probe's: the gradients were smaller.
  expect(trials.map(({ trainingId }) => trainingId === segment.trainingId)).toEqual([true, false]);
  const [met, other] = trials;
  const { dropout_rate: rate, sparsity } = segment.specification.configuration;
  const expected = complexity(rate, sparsity, { ...constants, loss_bound: 2.5 });
  expect(met?.complexityEstimated).toBeCloseTo(expected, 12);
  expect(met?.complexityEstimated).toBeGreaterThan(met?.complexity ?? Number.POSITIVE_INFINITY);
  expect(other?.complexityEstimated).toBeNull();
  const numbers = [met?.trial ?? 0, other?.trial ?? 0];
  const values = await look(record.store, async (tx) =>
    readTrialValues(tx, await readTrialsOf(tx, sweep), numbers, [{ of: 'metric', name: 'complexity_estimated' }]),
  );
  expect(values.find(({ trial }) => trial === met?.trial)?.values[0]).toBeCloseTo(expected, 9);
  expect(values.find(({ trial }) => trial === other?.trial)?.values).toEqual([null]);
});

const shared = (name: string) => planOf(name, 2, { sharedTrainings: 2 });
const complexities = async (name: string) =>
  (await readSweepSnapshot(record.store, name)).trials.map(({ complexity }) => complexity);

function trainedOtherwise(plan: SweepPlan, training: Partial<SweepPlan['definition']['training']>): SweepPlan {
  return { ...plan, definition: { ...plan.definition, training: { ...plan.definition.training, ...training } } };
}

describe('the constants of Theorem 4.4', () => {
  it('are found by a sweep whose trainings were all reused, though another measured them', async () => {
    const first = await record.launch(shared('first'));
    await record.finishAll(first);
    await record.drive.writeTheoryConstants(first, constants);
    await record.launch(shared('second'));
    expect(await readSweepSnapshot(record.store, 'second')).toMatchObject({
      state: 'completed',
      counts: { reused: 2 },
    });
    expect(await complexities('second')).toEqual(await complexities('first'));
    expect(await complexities('second')).not.toContain(null);
    expect(await readSweepProvenance(record.store, 'second')).toMatchObject({ theoryConstants: constants });
    expect(await record.drive.readSweepsToDrive()).toEqual([]);
  });

  it('are still measured for a sweep that was over at its launch', async () => {
    await record.finishAll(await record.launch(shared('first')));
    const second = await record.launch(trainedOtherwise(shared('second'), { rank: 3 }));
    expect(await record.drive.readSweepDrive(second)).toMatchObject({ finished: false, theoryMissing: true });
    expect((await record.drive.readSweepsToDrive()).map(({ sweepId }) => sweepId)).toContain(second);
    expect(await record.drive.readProbeRequest(second)).toMatchObject({ configuration: { rank: 3 } });
    await record.drive.writeTheoryConstants(second, constants);
    expect(await record.drive.readSweepDrive(second)).toMatchObject({ finished: true, theoryMissing: false });
    expect((await record.drive.readSweepsToDrive()).map(({ sweepId }) => sweepId)).not.toContain(second);
  });

  it('are given up after three failures, so that nothing waits for ever', async () => {
    const sweep = await record.launch(planOf('s', 1));
    await record.finishAll(sweep);
    for (let count = 1; count <= 3; count += 1) {
      expect(await record.drive.readSweepDrive(sweep)).toMatchObject({ finished: false });
      await record.drive.countTheoryFailure(sweep);
    }
    expect(await record.drive.readSweepDrive(sweep)).toMatchObject({ finished: true, theoryMissing: false });
    expect(await record.drive.readSweepsToDrive()).toEqual([]);
  });

  it('are shared over rates, penalties and schedules, and not over ranks, seeds or lengths', async () => {
    const keys = new Map<string, string>();
    const other = {
      base: {},
      rates: { dropout_rate: 0.5, sparsity: 0.1, train_instances: 4, learning_rate: 1, epochs: 9 },
      rank: { rank: 3 },
      seed: { seed: 7 },
      length: { max_length: 17 },
    };
    for (const [name, training] of Object.entries(other)) {
      const id = await record.launch(trainedOtherwise(planOf(name, 1), training));
      const { rows } = await sql<{ key: string }>`select theory_key as key from sweeps where id = ${id}`.execute(
        record.store.db,
      );
      keys.set(name, rows[0]?.key ?? '');
    }
    expect(keys.get('rates')).toBe(keys.get('base'));
    expect(new Set(keys.values()).size).toBe(4);
  });

  it('of sweeps of an older schema stay theirs, and serve later sweeps', async () => {
    const database = await startTestDatabase();
    const store = openStore(database.databaseUrl);
    const provider = {
      getMigrations: () => Promise.resolve({ '0001-initial': initial, '0002-packing': packing }),
    };
    await new Migrator({ db: store.db, provider }).migrateToLatest();
    const { definition, inputs } = planOf('old', 1);
    for (const [name, own] of [
      ['old', JSON.stringify(constants)],
      ['never-measured', null],
    ] as const) {
      await sql`
        insert into sweeps (name, canonical_hash, definition, inputs, trainer, state, desired_parallelism,
          planned_trainings, inserted_trainings, merged_points, trial_count, frozen_plan, theory_constants, launched_by)
        values (${name}, ${name}, ${JSON.stringify(definition)}, ${JSON.stringify(inputs)}, 'simulated', 'completed', 1,
          0, 0, 0, 0, ''::bytea, ${own}, '{}')`.execute(store.db);
    }
    await migrate(store);
    expect(await readSweepProvenance(store, 'old')).toMatchObject({ theoryConstants: constants });
    expect(await readSweepProvenance(store, 'never-measured')).toMatchObject({ theoryConstants: constants });
    await store.close();
    await database.drop();
  });
});
