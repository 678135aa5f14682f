import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../src/base/sha256.ts';
import { createSweep } from '../../src/store/plans/create-sweep.ts';
import { readStoredEvaluation } from '../../src/store/views/stored-evaluation.ts';
import { readSweepSnapshot } from '../../src/store/views/sweep-reader.ts';
import type { TrialFilter } from '../../src/store/views/trials/trial-filter.ts';
import type { Segment, SegmentOutcome } from '../../src/sweep/segment.ts';
import type { SetDefinition } from '../../src/sweep/sweep-definition.ts';
import { metricsOf, outcomeOf, planOf, type RecordUnderTest } from './record-under-test.ts';
import { openWatchedRecord } from './watched-record.ts';
import type { WholePlan } from '../support/whole-plan.ts';

let record: RecordUnderTest;
beforeEach(async () => {
  record = await openWatchedRecord();
});
afterEach(() => record.close());

const dataset = { hash: sha256('shift rows'), rows: 3 };

/** The plan with a further set beside each evaluation. */
function withSet(plan: WholePlan, name = 'shift'): WholePlan {
  const set: SetDefinition = { name, task: plan.definition.task, own_task: false };
  return {
    ...plan,
    canonical_hash: sha256(`${plan.canonical_hash} ${name}`),
    definition: { ...plan.definition, sets: [set] },
    inputs: { ...plan.inputs, sets: [{ name, dataset }] },
    trainings: plan.trainings.map((training) => ({
      ...training,
      sets: training.evaluations.map(({ configuration, evaluation_hash: hash }, beside) => ({
        set: name,
        beside,
        evaluation: {
          evaluation_hash: sha256(`${hash} shift`),
          configuration: { ...configuration, gap: false },
          dataset,
        },
      })),
    })),
  };
}

/** As outcomeOf, with the accuracy of the set apart from the dev rows'. */
function scored(segment: Segment, dev: number, shift: number): SegmentOutcome {
  const outcome = outcomeOf(segment, dev);
  if (segment.kind !== 'evaluate' || outcome.kind !== 'evaluated') return outcome;
  const results = segment.evaluations.map(({ evaluationId, configuration }) => ({
    evaluationId,
    metrics: metricsOf(configuration.gap === false ? shift : dev),
    predictionsSha256: 'cd',
  }));
  return { ...outcome, results };
}

async function finish(sweepId: string, shiftOf: (training: number) => number): Promise<string[]> {
  const kinds: string[] = [];
  for (;;) {
    const claim = await record.ledger.claim(record.request(sweepId));
    if (claim.kind !== 'claimed') return kinds;
    for (const segment of claim.bundle) {
      kinds.push(segment.kind === 'train' ? 'train' : `evaluate ${segment.evaluations.length}`);
      const seed = segment.specification.configuration.seed;
      await record.ledger.commit(segment.lease, scored(segment, 0.5, shiftOf(seed)));
    }
  }
}

describe('a sweep with a further set', () => {
  it('scores it with the dev rows, and shows it beside them', async () => {
    const sweep = await record.launch(withSet(planOf('s', 2)));
    expect(await finish(sweep, (seed) => 0.6 + seed / 10)).toEqual(['train', 'evaluate 2', 'train', 'evaluate 2']);
    const { trials, trialCount, state } = await readSweepSnapshot(record.store, 's');
    expect({ state, trialCount }).toEqual({ state: 'completed', trialCount: 2 });
    expect(trials.map(({ metrics }) => [metrics?.['accuracy'], metrics?.['shift.accuracy']])).toEqual([
      [0.5, 0.6],
      [0.5, 0.7],
    ]);
  });

  it('orders and filters pages of trials by its metrics', async () => {
    const sweep = await record.launch(withSet(planOf('s', 3)));
    await finish(sweep, (seed) => [0.7, 0.9, 0.8][seed] ?? 0);
    const sort = { by: 'metric', name: 'shift.accuracy', direction: 'maximize' } as const;
    const page = async (filter?: TrialFilter) => {
      const options = { trialLimit: 2, page: { sort, offset: 0, ...(filter && { filter }) } };
      return (await readSweepSnapshot(record.store, 's', options)).trials.map(({ trial }) => trial);
    };
    expect(await page()).toEqual([2, 3]);
    const column = { of: 'metric', name: 'shift.accuracy' } as const;
    expect(await page({ text: '', conditions: [{ column, comparison: '<', values: [0.85] }] })).toEqual([3, 1]);
  });

  it('keeps members of the set, which are found by its name', async () => {
    const sweep = await record.launch(withSet(planOf('s', 1)));
    await record.query(sql`insert into datasets (hash, row_count, content)
      values (${dataset.hash}, 3, '\\x00'), (${sha256('simulated dev')}, 64, '\\x00')`);
    await finish(sweep, () => 0.5);
    const stored = await readStoredEvaluation(record.store, sweep, 1, 'shift');
    expect(stored).toMatchObject({ configuration: { gap: false }, dataset: { hash: dataset.hash } });
    expect(stored.members).toHaveLength(2);
    expect((await readStoredEvaluation(record.store, sweep, 1)).configuration.gap).toBeUndefined();
    await expect(readStoredEvaluation(record.store, sweep, 1, 'other')).rejects.toThrow(/no predictions/);
  });
});

/**
 * A sweep has ended; then its file names a further set. Nothing is trained again: each training gets one segment, in which
 * the set alone is scored, and the sweep is complete when the last of them is.
 */
describe('a set that is added to a sweep that has ended', () => {
  it('costs its evaluations alone', async () => {
    const plan = planOf('s', 2);
    const sweep = await record.launch(plan);
    await finish(sweep, () => 0);
    const create = (extend: boolean) =>
      createSweep(record.store, { plan: withSet(plan), datasets: [], launchedBy: {}, extend });
    expect((await create(false)).kind).toBe('conflict');
    expect((await create(true)).kind).toBe('extended');
    expect(await readSweepSnapshot(record.store, 's')).toMatchObject({ state: 'running' });
    expect(await finish(sweep, () => 0.6)).toEqual(['evaluate 1', 'evaluate 1']);
    const after = await readSweepSnapshot(record.store, 's');
    expect(after.state).toBe('completed');
    expect(after.trials.map(({ metrics }) => metrics?.['shift.accuracy'])).toEqual([0.6, 0.6]);
  });

  it('is shared by the trainings of another sweep that has it under another name', async () => {
    const first = await record.launch(withSet(planOf('one', 1, { sharedTrainings: 1 })));
    await finish(first, () => 0.6);
    const second = await record.launch(withSet(planOf('two', 1, { sharedTrainings: 1 }), 'other'));
    expect(await finish(second, () => 0)).toEqual([]);
    const { trials, state } = await readSweepSnapshot(record.store, 'two');
    expect([state, trials[0]?.metrics?.['other.accuracy']]).toEqual(['completed', 0.6]);
  });

  it('is refused where the file leaves out a set that it had', async () => {
    const plan = planOf('s', 1);
    await record.launch(withSet(plan));
    const result = await createSweep(record.store, { plan, datasets: [], launchedBy: {}, extend: true });
    expect(result.kind).toBe('conflict');
  });

  it('trains anew to score where the last checkpoint was removed', async () => {
    const plan = planOf('s', 1);
    const sweep = await record.launch(plan);
    await finish(sweep, () => 0);
    await record.query(sql`delete from checkpoints`);
    await createSweep(record.store, { plan: withSet(plan), datasets: [], launchedBy: {}, extend: true });
    expect(await finish(sweep, () => 0.6)).toEqual(['train', 'evaluate 1']);
  });
});
