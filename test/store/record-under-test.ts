import { randomUUID } from 'node:crypto';
import type { RawBuilder } from 'kysely';
import { createSweep } from '../../src/store/plans/create-sweep.ts';
import { PostgresDriveRecord } from '../../src/store/workers/drive-record.ts';
import { migrate } from '../../src/store/database/migrate.ts';
import { openStore, type Store } from '../../src/store/database/open-store.ts';
import { PostgresWorkerLedger } from '../../src/store/segments/postgres-worker-ledger.ts';
import type { ClaimRequest } from '../../src/store/segments/worker-ledger.ts';
import type { EvaluationMetrics } from '../../src/metrics/values/evaluation-metrics.ts';
import type { Segment, SegmentOutcome } from '../../src/sweep/segment.ts';
import type { SweepPlan } from '../../src/sweep/sweep-definition.ts';
import { startTestDatabase } from '../support/postgres.ts';
import type { WholePlan } from '../support/whole-plan.ts';
import { simulatedPlan, type SimulatedPlanOptions } from '../support/simulated-plan.ts';

/** A fresh record, its ledger, and shorthands for what workers do. */
export interface RecordUnderTest {
  readonly store: Store;
  readonly ledger: PostgresWorkerLedger;
  readonly drive: PostgresDriveRecord;
  launch(plan: SweepPlan): Promise<string>;
  /** The next segment for a new slot key; throws where there is none. */
  take(sweepId: string, more?: Partial<ClaimRequest>): Promise<Segment>;
  request(sweepId: string, more?: Partial<ClaimRequest>): ClaimRequest;
  /** Works through everything that can be claimed. */
  finishAll(sweepId: string): Promise<number>;
  /** Rows of a statement of the test's own. */
  query<Row>(statement: RawBuilder<Row>): Promise<Row[]>;
  close(): Promise<void>;
}

export const numericsClass = 'test-class';

export function planOf(name: string, trainings: number, more: Partial<SimulatedPlanOptions> = {}): WholePlan {
  const simulation = { step_ms: 0, failure_rate: 0, crash_rate: 0, steps: 4 };
  return simulatedPlan({ name, trainings, parallelism: 2, simulation, ...more });
}

export async function openRecordUnderTest(): Promise<RecordUnderTest> {
  const database = await startTestDatabase();
  const store = openStore(database.databaseUrl, { poolSize: 12 });
  await migrate(store);
  const ledger = new PostgresWorkerLedger(store);
  const record: RecordUnderTest = {
    store,
    ledger,
    drive: new PostgresDriveRecord(store),
    launch: async (plan) => (await createSweep(store, { plan, datasets: [], launchedBy: { who: 'test' } })).sweepId,
    request: (sweepId, more = {}) => ({
      slotKey: randomUUID(),
      ordinal: 0,
      sweepId,
      generation: 0,
      workerId: 'worker-1',
      numericsClass,
      storeId: 'store',
      taskToken: new Uint8Array([1, 2, 3]),
      leaseMs: 60_000,
      ...more,
    }),
    take: async (sweepId, more) => {
      const result = await ledger.claim(record.request(sweepId, more));
      const segment = result.kind === 'claimed' ? result.bundle[0] : undefined;
      if (segment === undefined) throw new Error(`nothing to claim: ${result.kind}`);
      return segment;
    },
    finishAll: async (sweepId) => {
      for (let count = 0; ; count += 1) {
        const result = await ledger.claim(record.request(sweepId));
        if (result.kind !== 'claimed') return count;
        for (const segment of result.bundle) await ledger.commit(segment.lease, outcomeOf(segment));
      }
    },
    query: async (statement) => (await statement.execute(store.db)).rows,
    close: async () => {
      await store.close();
      await database.drop();
    },
  };
  return record;
}

export function checkpointAt(step: number) {
  return { storeId: 'store', uri: `step-${step}`, step, sha256: 'ab', bytes: 10 };
}

/** What a worker brings back from a segment that went well. @param accuracy of its evaluations */
export function outcomeOf(segment: Segment, accuracy = 0.5): SegmentOutcome {
  if (segment.kind === 'train') {
    return {
      kind: 'trained',
      checkpoint: checkpointAt(segment.endStep),
      metrics: [{ name: 'loss', firstStep: segment.endStep, values: Float64Array.of(0.25) }],
      trainSeconds: 1,
      trainableParameters: 10,
    };
  }
  return {
    kind: 'evaluated',
    members: segment.evaluations.flatMap(({ evaluationId }) =>
      [0, 1].map((member) => ({
        evaluationId,
        member,
        outputs: { values: Float32Array.of(member, 1, 2), offsets: Uint32Array.of(0, 1, 3) },
      })),
    ),
    results: segment.evaluations.map(({ evaluationId }) => ({
      evaluationId,
      metrics: metricsOf(accuracy),
      predictionsSha256: 'cd',
    })),
    evaluateSeconds: 1,
  };
}

export function metricsOf(accuracy: number): EvaluationMetrics {
  return {
    rows: 64,
    accuracy,
    f1: accuracy,
    matthews: 0,
    pearson: null,
    spearman: null,
    loss: 1 - accuracy,
    brier: 0.1,
    ece: 0.1,
    reliability: [],
    mean_member_loss: 1,
    train_accuracy: 1,
    train_loss: 0,
    accuracy_gap: 0,
    loss_gap: 0,
    collapsed: false,
    expected_kept_entries: 10,
    inference_passes: 2,
  };
}
