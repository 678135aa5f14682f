import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSweepSnapshot } from '../../src/store/views/sweep-reader.ts';
import { openRecordUnderTest, outcomeOf, planOf, type RecordUnderTest } from './record-under-test.ts';

const halving = { kind: 'halving', rungs: [0.5], keep: 0.5 } as const;

let record: RecordUnderTest;
beforeEach(async () => {
  record = await openRecordUnderTest();
});
afterEach(async () => {
  await record.close();
});

describe('a halving by a metric that some evaluations have not', () => {
  it('decides even where evaluations lack the metric that ranks them', async () => {
    const plan = planOf('s', 2, { scheduler: halving, rungSteps: [2, 4] });
    const objectives = [{ metric: 'pearson', direction: 'maximize' }] as const;
    const sweep = await record.launch({ ...plan, definition: { ...plan.definition, objectives } });
    await record.finishAll(sweep);
    expect(await readSweepSnapshot(record.store, 's')).toMatchObject({
      state: 'completed',
      counts: { succeeded: 1, pruned: 1 },
    });
  });

  it('ranks an evaluation whose metric is undefined last, whichever way is better', async () => {
    const plan = planOf('s', 3, { scheduler: halving, rungSteps: [2, 4] });
    const objectives = [{ metric: 'pearson', direction: 'maximize' }] as const;
    const sweep = await record.launch({ ...plan, definition: { ...plan.definition, objectives } });
    const correlations = [null, -0.9, -0.5];
    for (;;) {
      const result = await record.ledger.claim(record.request(sweep));
      if (result.kind !== 'claimed') break;
      for (const segment of result.bundle) {
        const outcome = outcomeOf(segment);
        if (outcome.kind !== 'evaluated') {
          await record.ledger.commit(segment.lease, outcome);
          continue;
        }
        const pearson = correlations[segment.specification.configuration.seed] ?? null;
        const results = outcome.results.map((one) => ({ ...one, metrics: { ...one.metrics, pearson } }));
        await record.ledger.commit(segment.lease, { ...outcome, results });
      }
    }
    const pruned = (
      await sql<{ readonly seed: number }>`
      select (specification -> 'configuration' ->> 'seed')::integer as seed from trainings where state = 'pruned'`.execute(
        record.store.db,
      )
    ).rows;
    expect(pruned).toEqual([{ seed: 0 }]);
  });
});
