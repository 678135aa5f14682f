import { planSweep, type WholePlan } from '../support/whole-plan.ts';
import type { Segment } from '../../src/sweep/segment.ts';
import type { SweepDefinition } from '../../src/sweep/sweep-definition.ts';
import { outcomeOf, planOf, type RecordUnderTest } from './record-under-test.ts';

/** A search by tpe over two axes, of 12 points. */
export function planTpe(name: string, change: Partial<SweepDefinition> = {}): WholePlan {
  const { definition, inputs } = planOf(name, 1);
  return planSweep(
    {
      ...definition,
      space: { dropout_rate: [0.1, 0.8], rank: [2, 4, 8] },
      scales: { dropout_rate: 'linear' },
      search: { kind: 'tpe', trials: 12, seed: 5, startup: 4 },
      ...change,
    },
    inputs,
  );
}

/** Better the nearer p is to 0.3. */
export function accuracyOf(segment: Segment): number {
  return 1 - (segment.specification.configuration.dropout_rate - 0.3) ** 2;
}

/** Works through what can be claimed. @returns segments done */
export async function work(record: RecordUnderTest, sweepId: string, most = Number.POSITIVE_INFINITY): Promise<number> {
  for (let count = 0; ; count += 1) {
    const result = count < most ? await record.ledger.claim(record.request(sweepId)) : { kind: 'wait' as const };
    if (result.kind !== 'claimed') return count;
    for (const segment of result.bundle)
      await record.ledger.commit(segment.lease, outcomeOf(segment, accuracyOf(segment)));
  }
}
