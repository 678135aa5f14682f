// gc takes checkpoints out of the record while sweeps go on, are paused, have ended and come back.
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  endedPrograms,
  forgetCheckpoints,
  pinTraining,
  readCollectable,
} from '../../src/store/keeping/collect-checkpoints.ts';
import { commandSweep } from '../../src/store/commands.ts';
import { historyToPrune, pruneHistory } from '../../src/store/keeping/prune-history.ts';
import { readSweepSnapshot } from '../../src/store/views/sweep-reader.ts';
import { leftoverCheckpoints, removeCheckpointFile } from '../../src/worker/watching/leftover-checkpoints.ts';
import { programFolders, programsFolder, removeProgramFolder } from '../../src/worker/files/program-folders.ts';
import { checkpointAt, outcomeOf, planOf, type RecordUnderTest } from './record-under-test.ts';
import { openWatchedRecord } from './watched-record.ts';

let record: RecordUnderTest;
beforeEach(async () => {
  record = await openWatchedRecord();
});
afterEach(() => record.close());

const steps = async (trainingId: string) =>
  (
    await record.query(
      sql<{ step: number }>`select step from checkpoints where training_id = ${trainingId} order by step, epoch`,
    )
  ).map(({ step }) => step);
const results = () =>
  record.query(sql`select evaluation_hash, status, metrics, predictions_sha256, at_step from evaluations order by 1`);

async function collect(pick: (checkpoint: { superseded: boolean; trainingId: string }) => boolean): Promise<number> {
  const ids = (await readCollectable(record.store, 'store')).filter(pick).map(({ id }) => id);
  return (await forgetCheckpoints(record.store, ids)).length;
}

describe('what gc may take', () => {
  it('is a superseded checkpoint, never the one that a training goes on from', async () => {
    const sweep = await record.launch(planOf('a', 1));
    const segment = await record.take(sweep);
    for (const step of [1, 2, 3]) await record.ledger.checkpoint(segment.lease, checkpointAt(step), []);
    expect(await collect(() => true)).toBe(2);
    expect(await steps(segment.trainingId)).toEqual([3]);
    await record.ledger.commit(segment.lease, { kind: 'released' });
    await commandSweep(record.store, 'a', randomUUID(), { kind: 'pause' });
    expect(await collect(() => true)).toBe(0);
    await commandSweep(record.store, 'a', randomUUID(), { kind: 'resume' });
    const again = await record.take(sweep);
    expect(again).toMatchObject({ kind: 'train', checkpoint: { step: 3 } });
    await record.ledger.commit(again.lease, outcomeOf(again));
    // Its evaluation is still to come: nothing of its end may go.
    await collect(() => true);
    expect(await steps(segment.trainingId)).toEqual([4]);
    expect(await record.finishAll(sweep)).toBe(1);
    expect(await readSweepSnapshot(record.store, 'a')).toMatchObject({ state: 'completed', counts: { succeeded: 1 } });
  });

  it('is not a pinned one, of those that are left when all is done', async () => {
    const sweep = await record.launch(planOf('a', 3));
    await record.finishAll(sweep);
    const [first] = (await readSweepSnapshot(record.store, 'a')).trials;
    if (first === undefined) throw new Error('no trial');
    await pinTraining(record.store, first.trainingId, true);
    const before = await results();
    expect(await collect(({ superseded }) => superseded)).toBe(0);
    expect(await collect(() => true)).toBe(2);
    expect(await steps(first.trainingId)).toEqual([4]);
    await pinTraining(record.store, first.trainingId, false);
    expect(await collect(() => true)).toBe(1);
    expect(await results()).toEqual(before);
    expect(await readSweepSnapshot(record.store, 'a')).toMatchObject({ state: 'completed', counts: { succeeded: 3 } });
  });

  it('is trained again when something more is to be scored of it, and what was scored stays', async () => {
    const plan = planOf('a', 1);
    await record.finishAll(await record.launch(plan));
    await collect(() => true);
    const before = await results();
    const [training] = plan.trainings;
    if (training === undefined) throw new Error('no training');
    const evaluations = training.evaluations.map((evaluation) => ({ ...evaluation, evaluation_hash: 'further' }));
    const b = await record.launch({ ...planOf('b', 1), trainings: [{ ...training, evaluations }] });
    const segment = await record.take(b);
    expect(segment).toMatchObject({ kind: 'train', checkpoint: null, endStep: 4 });
    await record.ledger.commit(segment.lease, outcomeOf(segment));
    expect(await record.finishAll(b)).toBe(1);
    const after = await results();
    expect(after).toEqual(expect.arrayContaining(before));
    expect(after).toHaveLength(before.length + 1);
    for (const name of ['a', 'b']) {
      expect(await readSweepSnapshot(record.store, name)).toMatchObject({
        state: 'completed',
        counts: { succeeded: 1 },
      });
    }
  });

  it('has succeeded again when the sweep that wanted it trained again is cancelled', async () => {
    const plan = planOf('a', 1);
    await record.finishAll(await record.launch(plan));
    await collect(() => true);
    const [training] = plan.trainings;
    if (training === undefined) throw new Error('no training');
    const evaluations = training.evaluations.map((evaluation) => ({ ...evaluation, evaluation_hash: 'further' }));
    const b = await record.launch({ ...planOf('b', 1), trainings: [{ ...training, evaluations }] });
    await record.take(b);
    await commandSweep(record.store, 'b', randomUUID(), { kind: 'cancel' });
    expect(await record.query(sql`select state::text as state, step from trainings`)).toEqual([
      { state: 'succeeded', step: 4 },
    ]);
    expect(await readSweepSnapshot(record.store, 'a')).toMatchObject({ state: 'completed', counts: { succeeded: 1 } });
  });
});

describe('history that gc forgets', () => {
  it('is of trainings that ended long ago, and never a result', async () => {
    await record.finishAll(await record.launch(planOf('old', 2)));
    await sql`update trainings set finished_at = now() - interval '40 days'`.execute(record.store.db);
    await sql`update sweep_events set created_at = now() - interval '40 days'`.execute(record.store.db);
    const fresh = await record.launch(planOf('new', 2));
    await record.finishAll(fresh);
    const before = { results: await results(), old: await readSweepSnapshot(record.store, 'old') };
    const [kept] = before.old.trials;
    if (kept === undefined) throw new Error('no trial');
    const expected = { attempts: 4, metrics: 1, events: 2 };
    expect(await historyToPrune(record.store, 30, [kept.trainingId])).toEqual(expected);
    expect(await pruneHistory(record.store, 30, [kept.trainingId])).toEqual(expected);
    expect(await pruneHistory(record.store, 30, [kept.trainingId])).toEqual({ attempts: 0, metrics: 0, events: 0 });
    expect(await results()).toEqual(before.results);
    expect((await readSweepSnapshot(record.store, 'old')).trials).toEqual(before.old.trials);
    expect(await record.query(sql`select count(*) from attempts`)).toEqual([{ count: 4 }]);
    expect(await record.query(sql`select count(*) from claims`)).toEqual([{ count: 4 }]);
    expect(await record.query(sql`select count(*) from metrics`)).toEqual([{ count: 3 }]);
  });
});

it('a file that no record speaks of goes once it is too old to be on its way, with the folders that it leaves empty', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dropsweep-leftover-'));
  try {
    const names = ['onnx/ab/abc/step-1-epoch-1', 'onnx/ab/abc/step-2-epoch-1', 'onnx/cd/cde/step-1-epoch-1.partial'];
    for (const name of names) {
      mkdirSync(join(folder, name, '..'), { recursive: true });
      writeFileSync(join(folder, name), 'x');
    }
    writeFileSync(join(folder, 'store-id'), 'id');
    const [recorded = '', left = '', half = ''] = names;
    expect(leftoverCheckpoints(folder, new Set([recorded]))).toEqual([]);
    const longAgo = new Date(Date.now() - 7_200_000);
    for (const name of [...names, 'store-id']) utimesSync(join(folder, name), longAgo, longAgo);
    const found = leftoverCheckpoints(folder, new Set([recorded]));
    expect(found.map(({ uri }) => uri).toSorted()).toEqual([left, half].toSorted());
    for (const { uri } of found) removeCheckpointFile(folder, uri);
    expect(readdirSync(join(folder, 'onnx'))).toEqual(['ab']);
    expect(readdirSync(join(folder, 'onnx/ab/abc'))).toEqual(['step-1-epoch-1']);
    removeCheckpointFile(folder, recorded);
    expect(readdirSync(folder)).toEqual(['store-id']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe('what programs kept', () => {
  it('may go once its training has succeeded long ago, but not of fronts, pinned ones and those that may go on', async () => {
    const sweep = await record.launch(planOf('a', 5));
    const failing = await record.take(sweep);
    await record.ledger.commit(failing.lease, {
      kind: 'failed',
      outcome: 'diverged',
      code: 'NON_FINITE',
      message: 'NaN',
    });
    await record.finishAll(sweep);
    const trials = (await readSweepSnapshot(record.store, 'a')).trials.filter(({ state }) => state === 'succeeded');
    const [front, pinned, young, old] = trials;
    expect(trials).toHaveLength(4);
    await record.query(sql`update trainings set finished_at = now() - interval '40 days'`);
    await record.query(sql`update trainings set finished_at = now() where id = ${young?.trainingId}`);
    await pinTraining(record.store, pinned?.trainingId ?? '', true);
    const hashes = await record.query(sql<{ training_hash: string }>`select training_hash from trainings`);
    const known = [...hashes.map(({ training_hash }) => training_hash), 'of another database'];
    const kept = [front?.trainingId ?? ''];
    expect([...(await endedPrograms(record.store, known, 30, kept))]).toEqual([old?.trainingHash]);
    expect([...(await endedPrograms(record.store, known, 50, kept))]).toEqual([]);
  });

  it('is measured and removed by the training’s hash', () => {
    const data = mkdtempSync(join(tmpdir(), 'dropsweep-programs-'));
    try {
      expect(programFolders(data)).toEqual([]);
      for (const hash of ['aa', 'bb']) {
        mkdirSync(join(programsFolder(data), hash, 'deep'), { recursive: true });
        writeFileSync(join(programsFolder(data), hash, 'deep', 'weights'), '12345');
        writeFileSync(join(programsFolder(data), hash, 'config.json'), '{}');
      }
      expect(programFolders(data)).toEqual([
        { trainingHash: 'aa', bytes: 7 },
        { trainingHash: 'bb', bytes: 7 },
      ]);
      removeProgramFolder(data, 'aa');
      expect(programFolders(data).map(({ trainingHash }) => trainingHash)).toEqual(['bb']);
    } finally {
      rmSync(data, { recursive: true, force: true });
    }
  });
});
