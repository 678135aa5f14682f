import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EvaluateSegment, EvaluationPage } from '../../src/sweep/segment.ts';
import { outcomeOf, planOf, type RecordUnderTest } from './record-under-test.ts';
import { openWatchedRecord } from './watched-record.ts';

let record: RecordUnderTest;
let sweep: string;
beforeEach(async () => {
  record = await openWatchedRecord();
  sweep = await record.launch(planOf('s', 1));
  const train = await record.take(sweep);
  await record.ledger.commit(train.lease, outcomeOf(train));
});
afterEach(() => record.close());

async function takeEvaluation(): Promise<EvaluateSegment> {
  const segment = await record.take(sweep);
  if (segment.kind !== 'evaluate') throw new Error('it is evaluated next');
  return segment;
}

function pageOf({ evaluations }: EvaluateSegment, first: number): EvaluationPage {
  const outputs = { values: Float32Array.of(first, 0.5, -1), offsets: Uint32Array.of(0, 1, 3) };
  const evaluationId = evaluations[0]?.evaluationId ?? '';
  return { evaluationId, member: 1, inputs: Uint32Array.of(first, first + 7), outputs };
}

const pages = () => record.query(sql<{ count: number }>`select count(*) from evaluation_pages`);

describe('pages of an evaluation', () => {
  it('are handed to whoever claims it next, and are gone when it is whole', async () => {
    const first = await takeEvaluation();
    expect(first.evaluations[0]?.storedPages).toBeUndefined();
    for (const start of [40, 3, 3])
      expect(await record.ledger.keepPage(first.lease, pageOf(first, start))).toBe('written');
    await record.ledger.commit(first.lease, { kind: 'released' });
    const second = await takeEvaluation();
    const { evaluationId: _, ...page } = pageOf(first, 3);
    const { evaluationId: __, ...later } = pageOf(first, 40);
    expect(second.evaluations[0]?.storedPages).toEqual([page, later]);
    await record.ledger.commit(second.lease, outcomeOf(second));
    expect(await pages()).toEqual([{ count: 0 }]);
  });

  it('are not written under a lease that another has taken over', async () => {
    const first = await takeEvaluation();
    await record.query(sql`update segments set lease_expires_at = now() - interval '1 hour' where status = 'claimed'`);
    const second = await takeEvaluation();
    expect(await record.ledger.keepPage(first.lease, pageOf(first, 0))).toBe('stale');
    expect(await record.ledger.keepPage(second.lease, pageOf(second, 0))).toBe('written');
    expect(await pages()).toEqual([{ count: 1 }]);
  });

  it('go when the training fails', async () => {
    const segment = await takeEvaluation();
    await record.ledger.keepPage(segment.lease, pageOf(segment, 0));
    const failed = { kind: 'failed', outcome: 'diverged', code: 'NON_FINITE', message: 'NaN' } as const;
    await record.ledger.commit(segment.lease, failed);
    expect(await pages()).toEqual([{ count: 0 }]);
  });
});
