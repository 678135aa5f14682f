import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFindClosedLanes } from '../../activities/find-closed-lanes.ts';
import { makeProbeTheory } from '../../activities/probe-theory.ts';
import { makeReadDesiredDrive } from '../../activities/read-desired-drive.ts';
import { GroupCommit } from '../../activities/group-commit.ts';
import { makeServeSlot } from '../../activities/serve-slot.ts';
import { createSweep } from '../../src/store/plans/create-sweep.ts';
import { migrate } from '../../src/store/database/migrate.ts';
import { openStore, type Store } from '../../src/store/database/open-store.ts';
import { openWorkerRecord } from '../../src/worker/open-worker-record.ts';
import { openCheckpointStore } from '../../src/worker/files/checkpoint-store.ts';
import { RunPreparation } from '../../src/worker/files/prepare-run.ts';
import { TrainerSlots } from '../../src/worker/slots/trainer-slots.ts';
import type { WorkerRecord } from '../../src/worker/worker-record.ts';
import { startTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { simulatedPlan } from '../support/simulated-plan.ts';

const mainPath = join(import.meta.dirname, '..', '..', 'dist', 'src', 'train', 'process', 'trainer-process-main.js');

/** The real record and a real trainer process; Temporal's part is the attempt that each call is told of. */
describe('an activity that Temporal runs a second time', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dropsweep-twice-'));
  let database: TestDatabase;
  let store: Store;
  let record: WorkerRecord;
  let trainers: TrainerSlots;
  let sweepId: string;
  const beats: unknown[] = [];
  const currentAttempt = () => ({
    taskToken: Buffer.from(randomUUID()),
    cancellationSignal: new AbortController().signal,
    heartbeatDetails: beats.at(-1),
    heartbeat: (details: unknown) => void beats.push(details),
  });
  const all = async () => ({
    attempts: await store.db.selectFrom('attempts').selectAll().orderBy('started_at').execute(),
    segments: await store.db.selectFrom('segments').selectAll().orderBy('id').execute(),
    evaluations: await store.db.selectFrom('evaluations').selectAll().orderBy('id').execute(),
    metrics: await store.db.selectFrom('metrics').selectAll().orderBy('training_id').execute(),
    sweeps: await store.db.selectFrom('sweeps').selectAll().execute(),
    theory: await store.db.selectFrom('theory_constants').selectAll().execute(),
  });

  beforeAll(async () => {
    database = await startTestDatabase();
    store = openStore(database.databaseUrl);
    await migrate(store);
    record = await openWorkerRecord({ databaseUrl: database.databaseUrl, slots: 1, warn: () => undefined });
    const simulation = { step_ms: 0, failure_rate: 0, crash_rate: 0, steps: 4 };
    const plan = simulatedPlan({ name: 'twice', trainings: 3, parallelism: 1, simulation });
    sweepId = (await createSweep(store, { plan, datasets: [], launchedBy: {} })).sweepId;
    await record.beginGeneration(sweepId, 0);
    const preparation = makePreparation(folder, record);
    trainers = new TrainerSlots(1, {
      mainPath,
      environment: { ...process.env },
      stallMs: 60_000,
      releaseMs: 5_000,
      terminateMs: 1_000,
      prepare: (segment) => preparation.run(segment),
    });
  });

  afterAll(async () => {
    await trainers.close();
    await record.close();
    await store.close();
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  it('serveSlot, whose answer was lost, changes nothing more', async () => {
    const serveSlot = makeServeSlot({
      ...{ currentAttempt, trainers, ledger: record.ledger, workerId: 'test', storeId: openCheckpointStore(folder).id },
      commits: new GroupCommit(
        (ends) => record.ledger.commitAll(ends),
        () => false,
      ),
      leaseMs: 30_000,
      packingDevice: 'test',
      bundleLimit: 1,
      renewEveryMs: 1_000,
      draining: new AbortController().signal,
      isAway: () => false,
      sleep: () => Promise.resolve(),
    });
    const turn = { sweepId, generation: 1, slotKey: 'test/0', sliceMs: 60_000, segmentsPerSlice: null };
    expect(await serveSlot(turn)).toEqual({ kind: 'exhausted', segments: 6 });
    const once = await all();
    expect(await serveSlot(turn)).toEqual({ kind: 'exhausted', segments: 0 });
    beats.length = 0;
    expect(await serveSlot(turn)).toEqual({ kind: 'exhausted', segments: 0 });
    expect(await all()).toEqual(once);
  });

  it('probeTheory keeps the constants that it finds', async () => {
    const preparation = makePreparation(folder, record);
    const probeTheory = makeProbeTheory({
      ...{ currentAttempt, trainers, record },
      heartbeatEveryMs: 1_000,
      prepareProbe: (request) => preparation.probe(request),
    });
    await probeTheory({ sweepId });
    const once = await all();
    expect(once.theory).toMatchObject([{ constants: { method: expect.stringContaining('simulated') }, failures: 0 }]);
    await probeTheory({ sweepId });
    expect(await all()).toEqual(once);
  });

  it('readDesiredDrive and findClosedLanes only read', async () => {
    const once = await all();
    const question = { deployment: record.deployment, sweepId, generation: 1 };
    const ask = makeReadDesiredDrive(record);
    expect(await ask(question)).toEqual(await ask(question));
    expect(await makeFindClosedLanes(async (id) => id === 'open')({ laneIds: ['open', 'gone'] })).toEqual(['gone']);
    expect(await all()).toEqual(once);
  });
});

function makePreparation(dataDirectory: string, record: WorkerRecord): RunPreparation {
  return new RunPreparation({
    dataDirectory,
    inputsFolder: join(dataDirectory, 'inputs'),
    checkpoints: openCheckpointStore(dataDirectory),
    checkpointEverySeconds: 60,
    readDataset: (hash) => record.readDataset(hash),
    resolveModelFolder: (base) => Promise.resolve(base.folder),
  });
}
