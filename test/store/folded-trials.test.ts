import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everyTrial } from '../../src/cli/reading/read-report.ts';
import { readScoredSweep, withShownMetrics } from '../../src/cli/reading/read-scored-sweep.ts';
import { bestReport } from '../../src/report/tables/best-report.ts';
import { type RankedScore, scoresOf } from '../../src/report/comparing/configuration-scores.ts';
import { shownScores } from '../../src/report/comparing/judgement.ts';
import { frontScores, paretoReport } from '../../src/report/tables/pareto-report.ts';
import { type Report, renderReport } from '../../src/report/tables/render-report.ts';
import { studentInterval } from '../../src/stats/student-interval.ts';
import { type AxisMeans, readAxisMeans } from '../../src/store/views/configurations/axis-means.ts';
import { readConfigurations } from '../../src/store/views/configurations/configuration-page.ts';
import { readPairedDifferences } from '../../src/store/views/configurations/paired-differences.ts';
import { trainingsOfTrials } from '../../src/store/views/configurations/ranked-configurations.ts';
import { readSweepSnapshot } from '../../src/store/views/sweep-reader.ts';
import { readTradeoff } from '../../src/store/views/tradeoff/tradeoff-view.ts';
import type { FilterColumn } from '../../src/store/views/trials/trial-filter.ts';
import { foldAxisMeans, foldConfigurations, type FoldedTrial, foldTradeoff } from '../support/fold-trials.ts';
import { simulatedPlan } from '../support/simulated-plan.ts';
import { measure } from '../../src/metrics/metrics.ts';
import { openRecordUnderTest, type RecordUnderTest } from './record-under-test.ts';

const metric = (name: string): FilterColumn => ({ of: 'metric', name });
const setting = (name: string): FilterColumn => ({ of: 'setting', name });

const rates = [0, 0.1, 0.3];
const learningRates = [1e-4, 2e-4, 3e-4, 5e-4, 8e-4, 1e-3, 2e-3, 3.289e-5];
const ranks = [2, 8];
const seeds = [20_240_101, 20_240_102, 20_240_103];
const failed = ['diverged', 'out_of_memory', 'infeasible', 'crashed'];

/*
 * The views' queries fold where the trials are; here all trials are read, and folded as the dashboard once did it. Some
 * have failed, one score is NaN and one infinite, one training has no sparsity, and several trials are equally good.
 */
describe('what the views read of a sweep, folded in PostgreSQL', () => {
  let record: RecordUnderTest;
  let sweepId: string;
  let trials: readonly FoldedTrial[];
  beforeAll(async () => {
    record = await openRecordUnderTest();
    const points = rates.flatMap((dropout_rate) =>
      learningRates.flatMap((learning_rate) =>
        ranks.flatMap((rank) => seeds.map((seed) => ({ dropout_rate, learning_rate, rank, seed }))),
      ),
    );
    const simulation = { step_ms: 0, failure_rate: 0, crash_rate: 0, steps: 4 };
    const base = simulatedPlan({ name: 'folded', trainings: points.length, parallelism: 2, simulation });
    const trainings = base.trainings.map((training, index) => ({
      ...training,
      specification: {
        ...training.specification,
        configuration: { ...training.specification.configuration, ...points[index] },
      },
    }));
    sweepId = await record.launch({ ...base, trainings });
    const { db } = record.store;
    await sql`update trainings set state = (case when abs(hashtext(training_hash)) % 11 = 0 then 'diverged' else 'succeeded' end)::training_state`.execute(
      db,
    );
    await sql`
      update evaluations e set status = 'done', metrics = jsonb_build_object('rows', 64,
        'accuracy', round((0.7 + 0.2 * s.p + 0.004 * s.r + (abs(hashtext(e.evaluation_hash)) % 100) / 1000.0)::numeric, 2),
        'ece', round((0.02 + (abs(hashtext(t.training_hash)) % 37) / 1000.0)::numeric, 3), 'loss', 0.5)
      from trainings t, lateral (select (t.specification #>> '{configuration,dropout_rate}')::float8 as p,
        (t.specification #>> '{configuration,rank}')::float8 as r) s
      where t.id = e.training_id and t.state = 'succeeded'`.execute(db);
    const odd = sql`select evaluation_id from sweep_evaluations where sweep_id = ${sweepId}`;
    await sql`update evaluations set metrics = metrics || '{"accuracy": "NaN"}' where id in (${odd} and trial = 5)`.execute(
      db,
    );
    await sql`update evaluations set metrics = metrics || '{"ece": "Infinity"}' where id in (${odd} and trial = 8)`.execute(
      db,
    );
    await sql`update trainings set specification = specification #- '{configuration,learning_rate}'
      where id = (select training_id from evaluations where id in (${odd} and trial = 20))`.execute(db);
    await sql`update sweep_trainings set open = false`.execute(db);
    const { trials: rows } = await readSweepSnapshot(record.store, 'folded', { trialLimit: 10_000 });
    trials = rows
      .toSorted((a, b) => a.trial - b.trial)
      .map((row) => ({
        trial: row.trial,
        repeats: row.repeatKey ?? '',
        failed: failed.includes(row.state),
        numericsClass: row.numericsClass,
        value: ({ of, name }) => {
          if (of === 'metric') return measure(row, name);
          const found: unknown = { ...row.configuration }[name as 'rank'];
          return typeof found === 'number' || typeof found === 'string' ? found : null;
        },
      }));
  });
  afterAll(() => record.close());

  it('has the front, all points and the repeats between any two columns, on any axes', async () => {
    expect(trials).toHaveLength(144);
    const directions = ['maximize', 'minimize'] as const;
    for (const [x, y] of [
      [metric('ece'), metric('accuracy')],
      [setting('rank'), metric('accuracy')],
      [metric('accuracy'), metric('ece')],
    ] as const)
      for (const by of [setting('dropout_rate'), setting('learning_rate'), null])
        for (const better of directions.flatMap((one) => directions.map((other) => ({ x: one, y: other })))) {
          const asked = {
            x,
            y,
            by,
            better,
            log: { x: better.x === 'minimize', y: false },
            shown: [setting('rank'), x],
          };
          const { points, ...read } = await readTradeoff(record.store, sweepId, asked);
          const { points: expected, ...folded } = foldTradeoff(trials, asked);
          expect(read).toEqual(folded);
          // Those beside the front are added up where they lie, in no order: their last bits may differ.
          const rounded = (of: typeof points) =>
            of
              .map((point) => ({ ...point, x: point.x.toPrecision(12), y: point.y.toPrecision(12) }))
              .toSorted((a, b) => a.trial - b.trial);
          expect(rounded(points)).toEqual(rounded(expected));
        }
  });

  it('has a score’s mean at every level of every field, and of every two', async () => {
    const asked = { score: metric('accuracy'), fields: ['dropout_rate', 'learning_rate', 'rank'].map(setting) };
    const read = await readAxisMeans(record.store, sweepId, asked);
    const folded = foldAxisMeans(trials, asked);
    expect(read.levels).toEqual(folded.levels);
    expect(read.levels.map(({ kind }) => kind)).toEqual(['each', 'quarters', 'each']);
    expect(inOrder(read.means).map(({ fields, places, count }) => [fields, places, count])).toEqual(
      inOrder(folded.means).map(({ fields, places, count }) => [fields, places, count]),
    );
    const close = inOrder(folded.means);
    for (const [index, { mean, deviation }] of inOrder(read.means).entries()) {
      expect(mean).toBeCloseTo(close[index]?.mean ?? Number.NaN, 12);
      expect(deviation ?? 0).toBeCloseTo(close[index]?.deviation ?? 0, 12);
    }
    expect(read.scored?.count).toBe(folded.scored?.count);
  });

  it('has configurations page by page, each with its seeds, best first', async () => {
    const asked = {
      metrics: [metric('accuracy'), metric('ece')],
      sort: { by: 'metric', name: 'accuracy', direction: 'maximize' } as const,
      fields: [setting('rank'), setting('learning_rate')],
    };
    const whole = foldConfigurations(trials, { ...asked, offset: 0, limit: 1_000 });
    const read = await readConfigurations(record.store, sweepId, { ...asked, offset: 3, limit: 20 });
    expect(read).toMatchObject({ total: whole.total, from: 3 });
    expect(read.rows).toHaveLength(20);
    const found = new Map(whole.rows.map((row) => [row.trials[0], row]));
    for (const { scores, ...row } of read.rows) {
      const { scores: expected = [], ...same } = found.get(row.trials[0]) ?? {};
      expect(row).toEqual(same);
      for (const [index, score] of scores.entries()) {
        expect(score?.trials).toEqual(expected[index]?.trials);
        expect(score?.mean).toBeCloseTo(expected[index]?.mean ?? Number.NaN, 12);
        expect(score?.deviation ?? 0).toBeCloseTo(expected[index]?.deviation ?? 0, 12);
      }
    }
    const means = (of: typeof read.rows) => of.map(({ scores }) => (scores[0]?.mean ?? -1).toFixed(9));
    expect(means(read.rows)).toEqual(means(whole.rows.slice(3, 23)));
  });

  it('folds the trials that a filter leaves, in any order', async () => {
    const conditions = [{ column: setting('rank'), comparison: '=' as const, values: [8] }];
    const filter = { text: 'rank=8', conditions };
    const left = trials.filter((trial) => trial.value(setting('rank')) === 8);
    const drawn = {
      ...{ x: metric('ece'), y: metric('accuracy'), by: setting('dropout_rate'), log: { x: false, y: false } },
      ...{ better: { x: 'minimize', y: 'maximize' } as const, shown: [] },
    };
    const read = await readTradeoff(record.store, sweepId, { ...drawn, filter });
    expect([read.total, read.front]).toEqual([left.length / 3, foldTradeoff(left, drawn).front]);
    const axes = { score: metric('accuracy'), fields: [setting('dropout_rate')] };
    const means = await readAxisMeans(record.store, sweepId, { ...axes, filter });
    expect(means.scored?.count).toBe(foldAxisMeans(left, axes).scored?.count);
    for (const sort of [
      { by: 'setting', name: 'learning_rate', direction: 'maximize' },
      { by: 'trial', name: '', direction: 'minimize' },
      { by: 'state', name: '', direction: 'minimize' },
    ] as const) {
      const asked = { metrics: [metric('accuracy')], fields: [], sort, offset: 0, limit: 100 };
      const firsts = (page: { readonly rows: readonly { readonly trials: readonly number[] }[] }) =>
        page.rows.map((row) => row.trials);
      const page = await readConfigurations(record.store, sweepId, { ...asked, filter });
      expect(firsts(page), sort.by).toEqual(firsts(foldConfigurations(left, asked)));
    }
  });

  it('has the differences within pairs that differ in one field alone', async () => {
    const asked = { score: metric('accuracy'), fields: ['dropout_rate', 'rank', 'learning_rate'].map(setting) };
    const [ofRate, ofRank, ofLearningRate] = await readPairedDifferences(record.store, sweepId, asked);
    expect(ofLearningRate?.differences).toEqual([]);
    expect(ofRate?.differences.map(({ value }) => value).toSorted()).toEqual([0.1, 0.3]);
    const value = (trial: FoldedTrial, name: string) => trial.value(setting(name));
    const bySeed = seeds.map((seed) =>
      trials.flatMap((one) => {
        const other = trials.find(
          (b) =>
            value(b, 'rank') === 8 &&
            ['seed', 'dropout_rate', 'learning_rate'].every((name) => value(b, name) === value(one, name)),
        );
        const [a, b] = [one.value(metric('accuracy')), other?.value(metric('accuracy'))];
        const paired = value(one, 'rank') === 2 && value(one, 'seed') === seed;
        return paired && typeof a === 'number' && typeof b === 'number' && !Number.isNaN(a + b) ? [b - a] : [];
      }),
    );
    const most = Math.max(...bySeed.map(({ length }) => length));
    const expected = bySeed
      .filter(({ length }) => length === most)
      .map((differences) => studentInterval(differences).mean);
    expect(ofRank?.differences).toMatchObject([{ value: 8, pairs: most }]);
    expect(ofRank?.differences[0]?.bySeed).toHaveLength(expected.length);
    for (const [index, mean] of (ofRank?.differences[0]?.bySeed ?? []).entries())
      expect(mean).toBeCloseTo(expected[index] ?? Number.NaN, 12);
  });

  it('has one point for many where they are many, whose counts add up', async () => {
    const { db } = record.store;
    const plan = simulatedPlan({
      name: 'many',
      trainings: 2_100,
      parallelism: 2,
      simulation: { step_ms: 0, failure_rate: 0, crash_rate: 0, steps: 1 },
    });
    const trainings = plan.trainings.map((training, index) => {
      const { specification } = training;
      const configuration = { ...specification.configuration, learning_rate: 1e-5 * (index + 1) };
      return { ...training, specification: { ...specification, configuration } };
    });
    const many = await record.launch({ ...plan, trainings });
    await sql`update evaluations set metrics = jsonb_build_object('accuracy', round(random()::numeric, 2), 'ece', round(random()::numeric, 1))
      where id in (select evaluation_id from sweep_evaluations where sweep_id = ${many})`.execute(db);
    const asked = { x: metric('ece'), y: metric('accuracy'), by: null, log: { x: false, y: false }, shown: [] };
    const read = await readTradeoff(record.store, many, { ...asked, better: { x: 'minimize', y: 'maximize' } });
    const drawn = read.points.reduce((sum, { count }) => sum + count, read.front.length);
    expect([read.total, read.drawn, drawn]).toEqual([2_100, 2_100, 2_100]);
    expect(read.points.length).toBeLessThan(2_100);
  });

  it('has what is ranked: reports print of its configurations what they print of all trials', async () => {
    const whole = await readSweepSnapshot(record.store, 'folded', everyTrial);
    const texts = (report: Report<RankedScore>) =>
      (['table', 'csv', 'json'] as const).map((format) => renderReport(report, format, 160));
    for (const objective of [
      { metric: 'accuracy', direction: 'maximize' },
      { metric: 'ece', direction: 'minimize' },
      { metric: 'train_seconds', direction: 'minimize' },
    ] as const) {
      const ranked = await readScoredSweep(record.store, 'folded', [objective.metric]);
      expect(ranked.trials).toEqual([]);
      const { shown } = shownScores(scoresOf(ranked), objective, 5);
      const scored = await withShownMetrics(record.store, ranked, shown, [objective.metric]);
      expect(texts(bestReport(scored, objective, 5))).toEqual(texts(bestReport(whole, objective, 5)));
    }
    const ranked = await readScoredSweep(record.store, 'folded');
    const { rows } = frontScores(ranked);
    expect(rows.length).toBeGreaterThan(0);
    const scored = await withShownMetrics(record.store, ranked, rows);
    expect(texts(paretoReport(scored))).toEqual(texts(paretoReport(whole)));
    const trials = rows.flatMap((score) => score.trials.map(({ trial }) => trial));
    const trainings = whole.trials.filter(({ trial }) => trials.includes(trial)).map(({ trainingId }) => trainingId);
    expect((await trainingsOfTrials(record.store, sweepId, trials)).toSorted()).toEqual([...new Set(trainings)].sort());
  });
});

function inOrder(means: AxisMeans['means']): AxisMeans['means'] {
  const key = ({ fields, places }: AxisMeans['means'][number]) => JSON.stringify([fields, places]);
  return means.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}
