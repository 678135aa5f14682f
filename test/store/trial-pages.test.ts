import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { orderTrials, sortKeys } from '../../src/dashboard/tables/trial-order.ts';
import { frontTrials, type Tradeoff, tradeoff } from '../../src/dashboard/parts/tradeoff.ts';
import { readScoredSweep } from '../../src/cli/reading/read-scored-sweep.ts';
import { metricNamed } from '../../src/metrics/metrics.ts';
import { configurationScores } from '../../src/report/comparing/configuration-scores.ts';
import { frontScores } from '../../src/report/tables/pareto-report.ts';
import { readFilter } from '../../src/dashboard/tables/read-filter.ts';
import { readTrialSnapshot } from '../../src/store/views/trials/trial-snapshot.ts';
import { SweepOverviews } from '../../src/store/views/sweep-overview.ts';
import { readSweepSnapshot, readTrialsInTurn } from '../../src/store/views/sweep-reader.ts';
import type { SweepSnapshot, TrialRow } from '../../src/store/views/sweep-snapshot.ts';
import type { TheoryConstants } from '../../src/train/process/trainer-protocol.ts';
import { openRecordUnderTest, outcomeOf, planOf, type RecordUnderTest } from './record-under-test.ts';

/*
 * A sweep larger than what a dashboard reads at once: some are scored, some failed, two are worked on, the others wait. Page
 * after page, every trial is reached once, in the order that the dashboard itself would put all of them in.
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
const total = 620;
const pageRows = 90;
let record: RecordUnderTest;
let whole: SweepSnapshot;

beforeAll(async () => {
  record = await openRecordUnderTest();
  const sweep = await record.launch(planOf('s', total));
  await sql`update trainings t set specification = jsonb_set(jsonb_set(specification,
      '{configuration,dropout_rate}', to_jsonb(0.125 * (l.ordinal % 5))),
      '{configuration,sparsity}', to_jsonb(0.0001 * (l.ordinal % 3)))
    from sweep_trainings l where l.training_id = t.id`.execute(record.store.db);
  for (let index = 0; index < 80; index += 1) {
    const segment = await record.take(sweep);
    if (segment.kind === 'train' && index % 9 === 4) {
      const failure = { kind: 'failed', outcome: 'diverged', code: 'NON_FINITE', message: 'the loss is NaN' } as const;
      await record.ledger.commit(segment.lease, failure);
    } else await record.ledger.commit(segment.lease, outcomeOf(segment, ((index * 7) % 11) / 11));
  }
  await record.take(sweep);
  await record.take(sweep);
  await record.drive.writeTheoryConstants(sweep, constants);
  whole = await readSweepSnapshot(record.store, 's', { trialLimit: total });
});

afterAll(() => record.close());

describe('the pages of a sweep’s trials', () => {
  it('are the same trials when they come by and by, whatever number at a time', async () => {
    const inOrder = [...whole.trials].sort((a, b) => a.trial - b.trial);
    for (const size of [31, 62, total, 2 * total]) {
      const trials: TrialRow[] = [];
      const sizes: number[] = [];
      const snapshot = await readTrialsInTurn(
        record.store,
        's',
        async (overview, batches) => {
          for await (const batch of batches()) {
            trials.push(...batch);
            sizes.push(batch.length);
          }
          return overview;
        },
        size,
      );
      expect(trials).toEqual(inOrder);
      expect(sizes).toEqual(Array.from({ length: Math.ceil(total / size) }, () => Math.min(size, total)));
      expect(snapshot).toMatchObject({ trials: [], trialCount: total, counts: whole.counts });
    }
  });

  it('have one key for the repeats of a configuration, and another for each other', () => {
    const keyOf = ({ configuration, evaluation }: TrialRow) =>
      JSON.stringify([{ ...configuration, seed: 0 }, evaluation]);
    const keys = new Map<string, Set<string | undefined>>();
    for (const trial of whole.trials)
      keys.set(keyOf(trial), (keys.get(keyOf(trial)) ?? new Set()).add(trial.repeatKey));
    expect(keys.size).toBeGreaterThan(1);
    expect([...keys.values()].every((found) => found.size === 1 && !found.has(undefined))).toBe(true);
    expect(new Set(whole.trials.map(({ repeatKey }) => repeatKey)).size).toBe(keys.size);
  });

  it('are read one alone by their numbers, with the numerics classes of all', async () => {
    for (const number of [1, 7, total]) {
      const one = await readTrialSnapshot(record.store, 's', number);
      expect(one.trials).toEqual(whole.trials.filter(({ trial }) => trial === number));
      expect([...(one.numericsClasses ?? [])].sort()).toEqual(
        [...new Set(whole.trials.flatMap(({ numericsClass }) => numericsClass ?? []))].sort(),
      );
    }
    expect((await readTrialSnapshot(record.store, 's', total + 5)).trials.map(({ trial }) => trial)).toEqual([total]);
  });

  it('are in the order that the dashboard puts all trials in, whatever that is, and leave none out', async () => {
    expect(whole.trials).toHaveLength(total);
    expect(whole.page).toBeUndefined();
    const states = new Set(whole.trials.map(({ state }) => state));
    expect([...states].sort()).toEqual(['diverged', 'evaluating', 'running', 'succeeded', 'waiting']);
    expect(whole.trials.every(({ complexity }) => complexity !== null)).toBe(true);
    const keys = sortKeys(whole);
    expect(keys.map(({ sort }) => sort.by)).toEqual(expect.arrayContaining(['metric', 'setting', 'trial', 'state']));
    for (const key of keys) {
      const numbers: number[] = [];
      while (numbers.length < total) {
        const page = { sort: key.sort, offset: numbers.length };
        const limit = Math.min(pageRows, total - numbers.length);
        const snapshot = await readSweepSnapshot(record.store, 's', { trialLimit: limit, page });
        expect(snapshot).toMatchObject({ page, trialCount: total });
        numbers.push(...snapshot.trials.map(({ trial }) => trial));
      }
      expect([key.label, ...numbers]).toEqual([key.label, ...orderTrials(whole.trials, key).map(({ trial }) => trial)]);
    }
  });

  it.each<[string, (trial: TrialRow) => boolean]>([
    ['p>=0.25 p<0.5', ({ configuration: { dropout_rate: p } }) => p >= 0.25 && p < 0.5],
    ['λ=0,1e-4', ({ configuration: { sparsity } }) => sparsity < 0.00015],
    ['state:failed', ({ state }) => state === 'diverged'],
    ['state!=waiting,failed', ({ state }) => !['waiting', 'diverged'].includes(state)],
    ['accuracy>0.5', ({ metrics }) => Number(metrics?.['accuracy'] ?? -1) > 0.5],
    ['accuracy=none trial<=200', ({ metrics, trial }) => metrics === null && trial <= 200],
    ['M=2 mode=ensemble', ({ evaluation }) => evaluation.ensemble_size === 2],
    ['M!=2', ({ evaluation }) => evaluation.ensemble_size !== 2],
    ['targets=all-linear seed>600', ({ configuration: { seed } }) => seed > 600],
    ['targets=query', () => false],
    [
      'complexity<20 p!=0.125',
      ({ complexity, configuration: { dropout_rate: p } }) => (complexity ?? 99) < 20 && p !== 0.125,
    ],
    ['mode="\'; drop table sweeps; --"', () => false],
  ])('are those that a filter leaves: %s', async (text, holds) => {
    const filter = readFilter(text, whole.definition);
    if ('at' in filter) throw new Error(filter.text);
    const expected = whole.trials.filter(holds).map(({ trial }) => trial);
    const sort = { by: 'trial', name: '', direction: 'minimize' } as const;
    const page = { sort, offset: 0, filter };
    const all = await readSweepSnapshot(record.store, 's', { trialLimit: total, page });
    expect(all.trials.map(({ trial }) => trial)).toEqual(expected.toSorted((a, b) => a - b));
    expect(all).toMatchObject({ matching: expected.length, trialCount: total, page });
    const last = await readSweepSnapshot(record.store, 's', { trialLimit: 5, page: { ...page, offset: total } });
    expect(last.trials.map(({ trial }) => trial)).toEqual(expected.toSorted((a, b) => a - b).slice(-5));
  });

  it('have a complexity without bound where the curvature that it divides by is 0', async () => {
    const exact = constants.hessian_minimum;
    const change = (least: number) =>
      sql`update theory_constants set constants = jsonb_set(constants, '{hessian_minimum}', to_jsonb(${least}::float8))`;
    await change(0).execute(record.store.db);
    const filter = readFilter('complexity>1e300', whole.definition);
    if ('at' in filter) throw new Error(filter.text);
    const sort = { by: 'trial', name: '', direction: 'minimize' } as const;
    const flat = await readSweepSnapshot(record.store, 's', { trialLimit: total, page: { sort, offset: 0, filter } });
    const expected = whole.trials.filter(({ configuration }) => configuration.dropout_rate === 0);
    expect(flat.matching).toBe(expected.length);
    expect(flat.trials.every(({ complexity }) => complexity === Number.POSITIVE_INFINITY)).toBe(true);
    await change(exact).execute(record.store.db);
  });

  it('are not read where nobody looks at them, but those of a sweep that is read whole', async () => {
    const passed = await readSweepSnapshot(record.store, 's', { trialLimit: total - 1, onlyWhole: true });
    expect(passed).toMatchObject({ trials: [], trialCount: total, counts: whole.counts });
    const small = await readSweepSnapshot(record.store, 's', { trialLimit: total, onlyWhole: true });
    expect(small.trials).toEqual(whole.trials);
  });

  it('come with where all scored trials lie, and counts of all: not those of the page alone', async () => {
    const sort = { by: 'trial', name: '', direction: 'minimize' } as const;
    const last = { sort, offset: total };
    const snapshot = await readSweepSnapshot(record.store, 's', { trialLimit: 10, page: last });
    // Beyond the end: the last rows that fill a page.
    expect(snapshot.page).toEqual({ sort, offset: total - 10 });
    expect(snapshot.trials.map(({ trial }) => trial)).toEqual(Array.from({ length: 10 }, (_, row) => total - 9 + row));
    const scored = whole.trials.filter(({ metrics }) => metrics !== null);
    expect(scored.length).toBeGreaterThan(20);
    const configurations = configurationScores(whole.trials).filter((score) => score.scored > 0);
    expect(tradeoff(snapshot).points.reduce((sum, { count = 1 }) => sum + count, 0)).toBe(configurations.length);
    // The front is all there, configuration by configuration, whatever stands for others beside it.
    expect(tradeoff(snapshot).front.length).toBeGreaterThan(1);
    expect(atTheSame(tradeoff(snapshot).front)).toEqual(atTheSame(tradeoff(whole).front));
    const front = frontScores(await readScoredSweep(record.store, 's')).rows;
    const trialsOfFront = front.flatMap((score) => score.trials.map(({ trial }) => trial));
    expect([...frontTrials(snapshot)].toSorted(ascending)).toEqual(trialsOfFront.toSorted(ascending));
    expect(frontTrials(snapshot)).toEqual(new Set(frontTrials(whole)));
    await sql`update sweeps set definition = jsonb_set(definition, '{objectives,0}',
      '{"metric": "loss", "direction": "minimize"}')`.execute(record.store.db);
    const [few, all] = await Promise.all(
      [10, total].map((trialLimit) => readSweepSnapshot(record.store, 's', { trialLimit })),
    );
    if (few === undefined || all === undefined) throw new Error('two readings give two snapshots');
    expect(all.tradeoff).toBeUndefined();
    expect(tradeoff(few).front.length).toBeGreaterThan(1);
    expect(atTheSame(tradeoff(few).front)).toEqual(atTheSame(tradeoff(all).front));
    expect(frontTrials(few)).toEqual(new Set(frontTrials(all)));
    // Whatever the objectives: one, several, those that nobody has, those that are undefined of a seed.
    await sql`update evaluations set metrics = metrics || '{"ece": null}'
      where id in (select id from evaluations where metrics is not null order by id limit 5)`.execute(record.store.db);
    for (const objectives of [
      ['accuracy', 'ece'],
      ['ece', 'loss', 'accuracy'],
      ['complexity'],
      ['f1', 'ece'],
      ['train_seconds', 'complexity', 'loss'],
    ]) {
      const made = objectives.map((metric) => ({ metric, direction: metricNamed(metric)?.direction }));
      await sql`update sweeps set definition = jsonb_set(definition, '{objectives}', ${JSON.stringify(made)}::jsonb)`.execute(
        record.store.db,
      );
      const page = await readSweepSnapshot(record.store, 's', { trialLimit: 10 });
      const { rows } = frontScores(await readScoredSweep(record.store, 's'));
      const expected = rows.flatMap((score) => score.trials.map(({ trial }) => trial));
      expect([...frontTrials(page)].toSorted(ascending), objectives.join()).toEqual(expected.toSorted(ascending));
    }
    // What is chosen is chosen on dev rows, where others are evaluated too.
    await sql`update evaluations set configuration = configuration || '{"split": "test"}',
        metrics = metrics || '{"accuracy": 0.999}'
      where metrics is not null and id in (select evaluation_id from sweep_evaluations where trial % 3 = 0)`.execute(
      record.store.db,
    );
    await sql`update sweeps set definition = jsonb_set(jsonb_set(definition, '{evaluations}',
      (definition -> 'evaluations') || jsonb_build_array((definition #> '{evaluations,0}') || '{"split": "test"}')), '{objectives}',
      '[{"metric": "accuracy", "direction": "maximize"}]')`.execute(record.store.db);
    const mixed = await readSweepSnapshot(record.store, 's', { trialLimit: 10 });
    const { rows: onDev } = frontScores(await readScoredSweep(record.store, 's'));
    expect(onDev.every(({ evaluation }) => evaluation.split === 'dev')).toBe(true);
    expect(frontTrials(mixed)).toEqual(new Set(onDev.flatMap((score) => score.trials.map(({ trial }) => trial))));
    expect(tradeoff(mixed).points.every(({ y }) => y < 0.999)).toBe(true);
    const [listed] = (await new SweepOverviews(record.store).page({ offset: 0, limit: 10 })).rows;
    expect(listed?.best).toBeLessThan(0.999);
    await sql`update evaluations set metrics = metrics || '{"collapsed": true}'
      where id in (select id from evaluations where metrics is not null limit 3)`.execute(record.store.db);
    expect((await readSweepSnapshot(record.store, 's', { trialLimit: 10 })).counts.collapsed).toBe(3);
  });
});

const ascending = (a: number, b: number): number => a - b;

/** Complexity is computed where it is read: its last bits may differ. */
function atTheSame(front: Tradeoff['front']) {
  return front.map(({ trial, x, y, interval }) => ({ trial, y, interval, x: Number(x.toPrecision(12)) }));
}
