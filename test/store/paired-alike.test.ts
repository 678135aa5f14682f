import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { effectsOverSeeds, readEffects } from '../../src/cli/reading/read-effects.ts';
import { everyTrial } from '../../src/cli/reading/read-report.ts';
import { canonicaliseEvaluation } from '../../src/sweep/canonicalise.ts';
import type { EvaluationRequest } from '../../src/sweep/sweep-definition.ts';
import { readSweepSnapshot } from '../../src/store/views/sweep-reader.ts';
import { sha256 } from '../../src/base/sha256.ts';
import { canonicalJson } from '../../src/base/canonical-json.ts';
import { simulatedPlan } from '../support/simulated-plan.ts';
import { openRecordUnderTest, type RecordUnderTest } from './record-under-test.ts';

/*
 * The effect of a setting is worked out in memory of a small sweep and in PostgreSQL of a large one. Here one and the same
 * sweep is looked at both ways: dev and test rows, two modes, two seeds of masks, two aggregates, two test rates, M of 1 and
 * 4, and trainings that drop nothing, whose single evaluation stands for all of them.
 */
const rates = [0, 0.1, 0.3];
const ranks = [2, 8];
const seeds = [1, 2, 3];

const requests = (['dev', 'test'] as const).flatMap((split) =>
  (['ensemble', 'expected'] as const).flatMap((mode) =>
    [null, 0.2].flatMap((dropout_rate) =>
      [1, 4].flatMap((ensemble_size) =>
        [0, 1].flatMap((mask_seed) =>
          (['logits', 'probabilities'] as const).map(
            (aggregate): EvaluationRequest => ({ split, mode, dropout_rate, ensemble_size, mask_seed, aggregate }),
          ),
        ),
      ),
    ),
  ),
);

let record: RecordUnderTest;
beforeAll(async () => {
  record = await openRecordUnderTest();
});
afterAll(() => record.close());

async function launch(name: string, wanted: readonly EvaluationRequest[]): Promise<void> {
  const points = rates.flatMap((dropout_rate) =>
    ranks.flatMap((rank) => seeds.map((seed) => ({ dropout_rate, rank, seed }))),
  );
  const simulation = { step_ms: 0, failure_rate: 0, crash_rate: 0, steps: 4 };
  const base = simulatedPlan({ name, trainings: points.length, parallelism: 2, simulation });
  const trainings = base.trainings.map((training, index) => {
    const configuration = { ...training.specification.configuration, ...points[index] };
    const [dataset] = training.evaluations.map((evaluation) => evaluation.dataset);
    if (dataset === undefined) throw new Error('a plan has evaluations');
    const evaluations = new Map(
      wanted.map((request) => {
        const evaluation = canonicaliseEvaluation(request, configuration);
        const hash = sha256(`${training.training_hash} ${canonicalJson({ ...evaluation })}`);
        return [hash, { evaluation_hash: hash, configuration: evaluation, dataset }];
      }),
    );
    return {
      ...training,
      specification: { ...training.specification, configuration },
      evaluations: [...evaluations.values()],
    };
  });
  const trials = trainings.reduce((sum, { evaluations }) => sum + evaluations.length, 0);
  const definition = {
    ...base.definition,
    space: { dropout_rate: rates, rank: ranks, seed: seeds },
    evaluations: wanted,
  };
  await record.launch({ ...base, definition, trainings, trials });
  const { db } = record.store;
  await sql`update trainings set state = 'succeeded'`.execute(db);
  // Two trials of a hundred have no score; the test rows' are elsewhere altogether.
  await sql`
    update evaluations e set status = 'done', metrics = jsonb_build_object('rows', 64, 'accuracy',
      (case when e.configuration ->> 'split' = 'test' then 0.1 else 0.5 end) + (abs(hashtext(e.evaluation_hash)) % 1000) / 5000.0)
    where abs(hashtext(e.evaluation_hash)) % 50 > 0`.execute(db);
  await sql`update sweep_trainings set open = false`.execute(db);
}

it.each([
  ['everything', requests],
  ['one size of ensembles', requests.filter((one) => one.mode === 'ensemble' && one.ensemble_size === 4)],
  [
    'as most sweeps are',
    requests.filter(
      ({ split, mode, dropout_rate: rate, mask_seed: masks, aggregate }) =>
        split === 'dev' && mode === 'ensemble' && rate === null && masks === 0 && aggregate === 'logits',
    ),
  ],
])('effects in memory and in the record are the same: %s', async (name, wanted) => {
  await launch(name, wanted);
  const snapshot = await readSweepSnapshot(record.store, name, everyTrial);
  const inMemory = await readEffects(record.store, snapshot, 'accuracy');
  const folded = await effectsOverSeeds(record.store, snapshot, 'accuracy');
  expect(folded.map((effect) => effect.name)).toContain('dropout_rate');
  for (const { name: field, values } of folded) {
    const same = inMemory.find((effect) => effect.name === field);
    expect(values.map(({ text }) => text)).toEqual(same?.values.map(({ text }) => text));
    for (const [index, { difference, pairs }] of values.entries()) {
      const other = same?.values[index];
      expect([field, index, pairs]).toEqual([field, index, other?.pairs]);
      expect(difference === null).toBe(other?.difference === null);
      for (const side of ['mean', 'lower', 'upper'] as const)
        expect(difference?.[side] ?? 0).toBeCloseTo(other?.difference?.[side] ?? 0, 9);
    }
  }
  // Nothing that drops, evaluated once, is held against every evaluation of what drops, on the dev rows alone.
  const ofRate = folded.find((effect) => effect.name === 'dropout_rate')?.values.at(-1);
  const evaluations = new Set(
    wanted
      .filter(({ split }) => split === 'dev')
      .map((request) => canonicalJson({ ...canonicaliseEvaluation(request, { dropout_rate: 0.3 }) })),
  ).size;
  expect(ofRate?.pairs).toBeGreaterThan(ranks.length * evaluations * 0.8);
  expect(ofRate?.pairs).toBeLessThanOrEqual(ranks.length * evaluations);
});
