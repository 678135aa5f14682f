import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readStoredEvaluation } from '../../src/store/views/stored-evaluation.ts';
import { readSweepSnapshot } from '../../src/store/views/sweep-reader.ts';
import { equalRows } from '../../src/sweep/output-rows.ts';
import { openRecordUnderTest, outcomeOf, planOf, type RecordUnderTest } from './record-under-test.ts';
import type { WholePlan } from '../support/whole-plan.ts';

let record: RecordUnderTest;
beforeEach(async () => {
  record = await openRecordUnderTest();
});
afterEach(() => record.close());

/** The plan, with an ensemble of another size asked besides. */
function alsoOfSize(plan: WholePlan, name: string, ensembleSize: number): WholePlan {
  return {
    ...plan,
    definition: { ...plan.definition, name },
    canonical_hash: `${name} ${ensembleSize}`,
    trainings: plan.trainings.map((training) => ({
      ...training,
      evaluations: training.evaluations.map((evaluation) => ({
        ...evaluation,
        evaluation_hash: `${evaluation.evaluation_hash} of ${ensembleSize}`,
        configuration: { ...evaluation.configuration, ensemble_size: ensembleSize },
      })),
    })),
  };
}

describe('what is stored of members', () => {
  it('of a finished training asks only for the evaluation that is new, and hands its members over', async () => {
    const plan = planOf('small', 1);
    await record.finishAll(await record.launch(plan));
    const larger = await record.launch(alsoOfSize(plan, 'larger', 8));
    const segment = await record.take(larger);
    if (segment.kind !== 'evaluate') throw new Error('a finished training was trained again');
    expect(segment.evaluations).toHaveLength(1);
    expect(segment.evaluations[0]?.storedMembers.map(({ member, outputs }) => [member, outputs])).toEqual(
      [0, 1].map((member) => [member, { values: Float32Array.of(member, 1, 2), offsets: Uint32Array.of(0, 1, 3) }]),
    );
    await record.ledger.commit(segment.lease, outcomeOf(segment));
    expect(await readSweepSnapshot(record.store, 'larger')).toMatchObject({
      state: 'completed',
      counts: { reused: 1 },
    });
  });

  it('hands the members of a scored trial over with its rows, for its predictions', async () => {
    const plan = planOf('small', 1);
    const sweepId = await record.launch(plan);
    const [planned] = plan.trainings[0]?.evaluations ?? [];
    const { hash = '', rows = 0 } = planned?.dataset ?? {};
    await record.query(sql`insert into datasets (hash, row_count, content) values (${hash}, ${rows}, ${Buffer.of(1)})`);
    await expect(readStoredEvaluation(record.store, sweepId, 1)).rejects.toThrow(/USAGE: trial 1 has no predictions/);
    await record.finishAll(sweepId);
    const evaluation = await readStoredEvaluation(record.store, sweepId, 1);
    expect(evaluation).toMatchObject({
      configuration: planned?.configuration,
      dataset: { hash, content: Buffer.of(1) },
      specification: { trainer: plan.definition.trainer },
    });
    expect(evaluation.members).toHaveLength(planned?.configuration.ensemble_size ?? 0);
    expect(evaluation.members[0]).toEqual({ values: Float32Array.of(0, 1, 2), offsets: Uint32Array.of(0, 1, 3) });
  });

  it('finds members that were stored before rows had lengths of their own, as rows of one length', async () => {
    const plan = planOf('small', 1);
    await record.finishAll(await record.launch(plan));
    const storedRows = plan.trainings[0]?.evaluations[0]?.dataset.rows ?? 0;
    const values = Buffer.from(new Float32Array(2 * storedRows).buffer);
    await record.query(sql`update evaluation_members set logits = ${values}, offsets = null`);
    const segment = await record.take(await record.launch(alsoOfSize(plan, 'larger', 8)));
    if (segment.kind !== 'evaluate') throw new Error('a finished training was trained again');
    const [member] = segment.evaluations[0]?.storedMembers ?? [];
    expect(member?.outputs).toEqual(equalRows(new Float32Array(2 * storedRows), storedRows));
  });
});
