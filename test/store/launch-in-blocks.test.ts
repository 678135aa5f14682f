import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planSweep } from '../../src/search/planning/plan-sweep.ts';
import { createSweep } from '../../src/store/plans/create-sweep.ts';
import { recordTrainings } from '../../src/store/plans/record-trainings.ts';
import { readSweepSnapshot } from '../../src/store/views/sweep-reader.ts';
import type { Segment } from '../../src/sweep/segment.ts';
import { definitionWritten } from '../search/every-kind.ts';
import { resolvedInputs } from '../sweep/sweep-inputs.ts';
import { outcomeOf, planOf, type RecordUnderTest } from './record-under-test.ts';
import { openWatchedRecord } from './watched-record.ts';

let record: RecordUnderTest;
beforeEach(async () => {
  record = await openWatchedRecord();
});
afterEach(() => record.close());

describe('a launch in blocks', () => {
  it('is worked on as soon as its first block is there, and is not over before the last is', async () => {
    const plan = planOf('s', 1_500);
    const seen: number[] = [];
    const taken: Promise<Segment>[] = [];
    const launching = createSweep(record.store, {
      plan,
      datasets: [],
      launchedBy: {},
      progress: (recorded) => {
        seen.push(recorded);
        const next = record.drive.readSweepsToDrive().then(([sweep]) => record.take(sweep?.sweepId ?? ''));
        taken.push(next);
      },
    });
    const { sweepId } = await launching;
    expect(seen).toEqual([1_200, 1_500]);
    expect((await Promise.all(taken)).map(({ kind }) => kind)).toEqual(['train', 'train']);
    expect(await record.query(sql`select count(*) from sweep_trainings`)).toEqual([{ count: 1_500 }]);
    expect(await readSweepSnapshot(record.store, 's')).toMatchObject({ sweepId, state: 'running' });
  });

  it('begins with a block that is there with its sweep, whoever dies after it, and is finished by whoever comes', async () => {
    const dying = createSweep(record.store, {
      plan: planOf('s', 1_500),
      datasets: [],
      launchedBy: {},
      progress: () => {
        throw new Error('the launcher dies');
      },
    });
    await expect(dying).rejects.toThrow('the launcher dies');
    expect(await record.query(sql`select count(*) from sweep_trainings`)).toEqual([{ count: 1_200 }]);
    const [sweep] = await record.drive.readSweepsToDrive();
    const segment = await record.take(sweep?.sweepId ?? '');
    await record.ledger.commit(segment.lease, outcomeOf(segment));
    // Its launcher may be there yet.
    await record.drive.finishLaunches();
    expect(await record.query(sql`select count(*) from sweep_trainings`)).toEqual([{ count: 1_200 }]);
    await record.query(sql`update sweeps set inserting_until = now() - interval '1 second'`);
    await record.drive.finishLaunches();
    expect(await record.query(sql`select count(*), max(ordinal) from sweep_trainings`)).toEqual([
      { count: 1_500, max: 1_499 },
    ]);
    expect(await record.query(sql`select count(distinct trial), max(trial) from sweep_evaluations`)).toEqual([
      { count: 1_500, max: 1_500 },
    ]);
  });

  it('that is handed over leaves all but its first block to whoever comes, who leaves it so when it is told to end', async () => {
    const { kind, ...rest } = await createSweep(record.store, {
      plan: planOf('s', 1_500),
      datasets: [],
      launchedBy: {},
      handOver: true,
    });
    expect([kind, rest]).toEqual(['created', { sweepId: expect.any(String), set: [], unset: [], left: 1_300 }]);
    const recorded = () => record.query(sql<{ count: number }>`select count(*) from sweep_trainings`);
    expect(await recorded()).toEqual([{ count: 200 }]);
    expect(await readSweepSnapshot(record.store, 's')).toMatchObject({ planned: 1_500, counts: { total: 200 } });
    const ending = new AbortController();
    const before = record.drive.finishLaunches(ending.signal);
    ending.abort();
    await before;
    const [{ count } = { count: 0 }] = await recorded();
    expect(count).toBeLessThan(1_500);
    // At once, and by one alone: nobody has a lease, then the first has it.
    await Promise.all([record.drive.finishLaunches(), record.drive.finishLaunches()]);
    expect(await recorded()).toEqual([{ count: 1_500 }]);
    expect(await readSweepSnapshot(record.store, 's')).not.toHaveProperty('planned');
  });

  it('of a grid is gone on with from the record alone, wherever it broke off: the same trainings and trials in the same order', async () => {
    const seeds = Array.from({ length: 350 }, (_, seed) => seed);
    const definition = definitionWritten(
      `space:\n  seed: [${seeds.join(', ')}]\n  sparsity: [0, 0.001]\n  M: [1, 2]\n  p: [0, 0.5]`,
      'constraints: [p * seed <= 160]',
    );
    const plan = planSweep(definition, resolvedInputs());
    const request = { plan, datasets: [], launchedBy: {} };
    // Two die after their first block, one of them while the other works; whoever comes has the record alone.
    const dying = [0, 1].map(() =>
      createSweep(record.store, {
        ...request,
        progress: () => {
          throw new Error('it dies');
        },
      }),
    );
    await Promise.allSettled(dying);
    await record.query(sql`update sweeps set inserting_until = now() - interval '1 second'`);
    await record.drive.finishLaunches();
    let trial = 0;
    const planned = [...plan.trainings].map(({ training_hash: hash, ordinal, evaluations }) => ({
      hash,
      ordinal,
      trials: evaluations.map(() => (trial += 1)),
    }));
    expect(planned.length).toBe(350 + 2 * 321);
    expect(
      await record.query(sql`
        select t.training_hash as hash, l.ordinal, array_agg(w.trial order by w.trial) as trials
        from sweep_trainings l join trainings t on t.id = l.training_id
          join evaluations e on e.training_id = t.id join sweep_evaluations w on w.evaluation_id = e.id
        group by 1, 2 order by 2`),
    ).toEqual(planned);
    expect(await record.query(sql`select trial_count, length(frozen_plan) < 3000 as short from sweeps`)).toEqual([
      { trial_count: trial, short: true },
    ]);
  });

  it('whose insertion broke off between blocks is completed without duplicates', async () => {
    const sweep = await record.launch(planOf('s', 1_100));
    await record.query(sql`delete from sweep_evaluations where trial > 1000`);
    await record.query(sql`delete from sweep_trainings where ordinal >= 1000`);
    await record.query(sql`update sweeps set inserted_trainings = 1000`);
    expect(await record.drive.readSweepsToDrive()).toEqual([{ sweepId: sweep, generation: 0 }]);
    await recordTrainings(record.store, sweep);
    expect(await record.query(sql`select count(*), max(ordinal) from sweep_trainings`)).toEqual([
      { count: 1_100, max: 1_099 },
    ]);
    const snapshot = await readSweepSnapshot(record.store, 's', { trialLimit: 10 });
    expect(snapshot.trials).toHaveLength(10);
    expect(snapshot.counts.total).toBe(1_100);
  });
});
