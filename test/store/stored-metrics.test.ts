import { Migrator, sql } from 'kysely';
import { expect, it } from 'vitest';
import * as initial from '../../migrations/0001-initial.ts';
import * as packing from '../../migrations/0002-packing.ts';
import * as theoryConstants from '../../migrations/0003-theory-constants.ts';
import * as outputRows from '../../migrations/0004-output-rows.ts';
import { measure } from '../../src/metrics/metrics.ts';
import { trialsReport } from '../../src/report/tables/trials-report.ts';
import { migrate } from '../../src/store/database/migrate.ts';
import { openStore } from '../../src/store/database/open-store.ts';
import { readSweepSnapshot } from '../../src/store/views/sweep-reader.ts';
import { startTestDatabase } from '../support/postgres.ts';
import { planOf } from './record-under-test.ts';

/*
 * A database of version 3 holds results with four columns of their own beside the metrics, and metrics that name every
 * number there was, null where the task had none. They read as before once the columns are gone.
 */
it('results that the version before stored are read by this one', async () => {
  const database = await startTestDatabase();
  const store = openStore(database.databaseUrl);
  const before = {
    '0001-initial': initial,
    '0002-packing': packing,
    '0003-theory-constants': theoryConstants,
    '0004-output-rows': outputRows,
  };
  await new Migrator({ db: store.db, provider: { getMigrations: () => Promise.resolve(before) } }).migrateToLatest();
  const { definition, inputs, trainings } = planOf('old', 1);
  const [training] = trainings;
  const [evaluation] = training?.evaluations ?? [];
  const metrics = {
    rows: 400,
    accuracy: 0.9,
    f1: 0.8,
    matthews: 0.7,
    pearson: null,
    spearman: null,
    loss: 0.25,
    brier: 0.1,
    ece: 0.05,
    reliability: [],
    mean_member_loss: 0.3,
    train_accuracy: 0.95,
    train_loss: 0.2,
    accuracy_gap: 0.05,
    loss_gap: -0.05,
    collapsed: false,
    expected_kept_entries: 12,
    inference_passes: 1,
  };
  await sql`
    with sweep as (
      insert into sweeps (name, canonical_hash, definition, inputs, trainer, state, desired_parallelism,
        planned_trainings, inserted_trainings, merged_points, trial_count, frozen_plan, launched_by)
      values ('old', 'h', ${JSON.stringify(definition)}, ${JSON.stringify(inputs)}, 'simulated', 'completed', 1,
        1, 1, 0, 1, ''::bytea, '{}') returning id
    ), training as (
      insert into trainings (training_hash, specification, trainer, trainer_version, total_steps, state, step)
      values ('t', ${JSON.stringify(training?.specification)}, 'simulated', '3', 4, 'succeeded', 4) returning id
    ), link as (
      insert into sweep_trainings (sweep_id, training_id, ordinal, origin, rung_steps, allowed_step, open)
      select sweep.id, training.id, 0, 'new', array[4], 4, false from sweep, training
    ), evaluation as (
      insert into evaluations (evaluation_hash, training_id, at_step, configuration, dataset_hash, dataset_rows,
        member_key, status, accuracy, loss, ece, collapsed, metrics)
      select 'e', training.id, 4, ${JSON.stringify(evaluation?.configuration)}::jsonb, 'd', 400, 'k', 'done',
        0.9, 0.25, 0.05, false, ${JSON.stringify(metrics)}::jsonb from training returning id
    )
    insert into sweep_evaluations (sweep_id, evaluation_id, trial) select sweep.id, evaluation.id, 1 from sweep, evaluation`.execute(
    store.db,
  );
  await migrate(store);
  const snapshot = await readSweepSnapshot(store, 'old');
  const [trial] = snapshot?.trials ?? [];
  expect(trial?.metrics).toEqual(metrics);
  for (const [name, value] of [
    ['accuracy', 0.9],
    ['loss', 0.25],
    ['ece', 0.05],
    ['accuracy_gap', 0.05],
    ['macro_f1', null],
  ] as const)
    expect(trial === undefined ? undefined : measure(trial, name)).toBe(value);
  const { columns } = snapshot === null ? { columns: [] } : trialsReport(snapshot);
  const texts = new Map(columns.map((column) => [column.name, trial === undefined ? '' : column.text(trial)]));
  expect(texts.get('accuracy')).toBe('0.9000');
  const { rows } = await sql<{ column_name: string }>`
    select column_name from information_schema.columns where table_name = 'evaluations'`.execute(store.db);
  expect(rows.map((row) => row.column_name)).not.toContain('accuracy');
  await store.close();
  await database.drop();
});
