import { sql } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkpointAt, openRecordUnderTest, outcomeOf, planOf, type RecordUnderTest } from './record-under-test.ts';

let record: RecordUnderTest;
beforeEach(async () => {
  record = await openRecordUnderTest();
});
afterEach(() => record.close());

const seconds = (firstStep: number, ...values: readonly number[]) => [
  { name: 'step_seconds', firstStep, values: Float64Array.from(values) },
];

it('the seconds of a training are those of every attempt whose steps it has, and of none that were lost', async () => {
  const sweep = await record.launch(
    planOf('s', 1, { scheduler: { kind: 'halving', rungs: [0.5, 1], keep: 0.5 }, rungSteps: [2, 4] }),
  );
  const told = async (training: string) => {
    const rows = await record.query(
      sql<{ seconds: number }>`select train_seconds as seconds from trainings where id = ${training}`,
    );
    return rows[0]?.seconds;
  };
  const first = await record.take(sweep);
  await record.ledger.checkpoint(first.lease, checkpointAt(1), seconds(1, 3));
  // Step 2 is on its way when the slot is given back: nobody has it.
  await record.ledger.renew(first.lease, 60_000, seconds(2, 100));
  await record.ledger.commit(first.lease, { kind: 'released' });
  const again = await record.take(sweep);
  expect(again).toMatchObject({ trainingId: first.trainingId, endStep: 2, checkpoint: { step: 1 } });
  await record.ledger.commit(again.lease, outcomeOf(again));
  expect(await told(first.trainingId)).toBe(3 + 1);
  // The second rung has the steps of the first behind it, whose seconds are counted.
  const scored = await record.take(sweep);
  await record.ledger.commit(scored.lease, outcomeOf(scored));
  const next = await record.take(sweep);
  expect(next).toMatchObject({ kind: 'train', endStep: 4 });
  await record.ledger.renew(next.lease, 60_000, seconds(3, 0.25, 0.25));
  await record.ledger.commit(next.lease, outcomeOf(next));
  expect(await told(first.trainingId)).toBe(3 + 1 + 1);
});
