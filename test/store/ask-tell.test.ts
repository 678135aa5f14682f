import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareSweep } from '../../src/launch/prepare-sweep.ts';
import { searchSections } from '../../src/search/search-sections.ts';
import { type Asked, askTraining } from '../../src/store/programs/ask-training.ts';
import { commandSweep } from '../../src/store/commands.ts';
import { createSweep } from '../../src/store/plans/create-sweep.ts';
import { migrate } from '../../src/store/database/migrate.ts';
import { type DatabaseTransaction, openStore, type Store } from '../../src/store/database/open-store.ts';
import { programStepSeconds } from '../../src/store/programs/program-speed.ts';
import { replaySearchOf } from '../../src/store/search/read-search.ts';
import { readSweepSnapshot } from '../../src/store/views/sweep-reader.ts';
import { keepTraining, reportTraining, tellTraining, type Told } from '../../src/store/programs/tell-training.ts';
import { parseSweepFile } from '../../src/sweep/file/parse-sweep-file.ts';
import { taskSections } from '../../src/tasks/tasks.ts';
import { startTestDatabase, type TestDatabase } from '../support/postgres.ts';

type Training = Extract<Asked, { kind: 'training' }>;

let database: TestDatabase;
let store: Store;
let sweeps = 0;

beforeAll(async () => {
  database = await startTestDatabase();
  store = openStore(database.databaseUrl);
  await migrate(store);
});
afterAll(async () => {
  await store.close();
  await database.drop();
});

/** A sweep over x, whose trainings are asked for. @returns its name */
async function launch(extra = '', xs: readonly number[] = [1, 2, 3, 4]): Promise<string> {
  sweeps += 1;
  const name = `asked-${sweeps}`;
  const text = `name: ${name}
trainer: {ask: ${name}, metrics: {loss: minimize, seconds: minimize}, steps: 10}
space: {x: [${xs.join(', ')}]}
${extra}`;
  const isThere = { isFile: () => true, isFolder: () => true };
  const definition = parseSweepFile(text, '/somewhere/sweep.yaml', isThere, taskSections, searchSections);
  const { plan, datasets } = await prepareSweep(definition, () => Promise.reject(new Error('there is no base')));
  await createSweep(store, { plan, datasets, launchedBy: {} });
  return name;
}

async function ask(sweep: string, leaseSeconds = 60): Promise<Training> {
  const asked = await askTraining(store, { sweep, leaseSeconds, who: 'test' });
  if (asked.kind !== 'training') throw new Error(`got ${asked.kind}`);
  return asked;
}
const xOf = ({ configuration }: Training): number =>
  Number(Object.entries(configuration).find(([name]) => name === 'x')?.[1]);
const report = (lease: string, step: number, values: Readonly<Record<string, number>>) =>
  reportTraining(store, lease, { step, values, leaseSeconds: 60 });
const tell = (lease: string, values: Readonly<Record<string, number>>) =>
  tellTraining(store, lease, { kind: 'result', values });
/** All that a mistake could have changed. */
const record = async () => ({
  snapshot: (await readSweepSnapshot(store, `asked-${sweeps}`)).trials,
  metrics: await store.db.selectFrom('metrics').selectAll().execute(),
  segments: await store.db.selectFrom('segments').select(['id', 'status', 'lease_epoch']).orderBy('id').execute(),
});

describe('a program that asks, reports and tells', () => {
  it('works through a sweep: every training is given once, and the sweep completes with the results', async () => {
    const sweep = await launch();
    const given: number[] = [];
    for (;;) {
      const asked = await askTraining(store, { sweep, leaseSeconds: 60, who: 'test' });
      if (asked.kind !== 'training') {
        expect(asked.kind).toBe('over');
        break;
      }
      expect(asked).toMatchObject({ step: 0, steps: 10, report_at: 10, metrics: ['loss', 'seconds'] });
      given.push(xOf(asked));
      expect(await report(asked.lease, 4, { loss: 9 })).toEqual({ answer: 'go', report_at: 10 });
      const end = await tell(asked.lease, { loss: (xOf(asked) - 3) ** 2, seconds: 1 });
      expect(end).toEqual({ answer: 'stop', reason: 'done' });
    }
    expect(given).toEqual([1, 2, 3, 4]);
    const snapshot = await readSweepSnapshot(store, sweep);
    expect(snapshot).toMatchObject({ state: 'completed', counts: { succeeded: 4 } });
    expect(snapshot.trials[0]).toMatchObject({ metrics: { loss: 0, seconds: 1 }, configuration: { x: 3, seed: 0 } });
    // What it took tells the next launch of the same program how long that will take.
    const step = await programStepSeconds(store, { name: sweep });
    expect(step?.low).toBeGreaterThan(0);
    expect(step?.high).toBeGreaterThanOrEqual(step?.low ?? 0);
    expect(await programStepSeconds(store, { name: 'another' })).toBeNull();
  });

  it('is told at a rung whether it goes on, as the scheduler decides in that transaction', async () => {
    const sweep = await launch('scheduler: {kind: median, rungs: [0.3, 0.6], least: 2}');
    const answers: string[] = [];
    for (const loss of [1, 2, 3]) {
      const { lease, report_at: at } = await ask(sweep);
      expect(at).toBe(3);
      const first = await report(lease, 3, { loss });
      answers.push(first.answer);
      if (first.answer === 'stop') {
        expect(first.reason).toMatch(/^pruned: rung 0: .* against the median/);
        continue;
      }
      expect(first).toEqual({ answer: 'go', report_at: 6 });
      // Past two rungs in one report.
      expect(await report(lease, 10, { loss, seconds: 1 })).toEqual({ answer: 'stop', reason: 'done' });
    }
    expect(answers).toEqual(['go', 'go', 'stop']);
    expect(await replaySearchOf(store, sweep)).toMatchObject({ differences: [] });
  });

  it('keeps its training by reporting; once its lease is over another asker has it, and the first writes nothing', async () => {
    const sweep = await launch('', [1]);
    const slow = await ask(sweep, 0.5);
    await reportTraining(store, slow.lease, { step: 1, values: { loss: 5 }, leaseSeconds: 1 });
    expect(await askTraining(store, { sweep, leaseSeconds: 60, who: 'other' })).toEqual({ kind: 'wait' });
    await sleep(1_200);
    const quick = await ask(sweep);
    expect(quick.training).toBe(slow.training);
    const before = await record();
    await expect(report(slow.lease, 2, { loss: 4 })).rejects.toThrow('LEASE_LOST');
    await expect(tell(slow.lease, { loss: 4, seconds: 1 })).rejects.toThrow('LEASE_LOST');
    expect(await record()).toEqual(before);
    await tell(quick.lease, { loss: 3, seconds: 2 });
    expect((await readSweepSnapshot(store, sweep)).trials[0]?.metrics).toEqual({ loss: 3, seconds: 2 });
    await expect(tell(quick.lease, { loss: 2, seconds: 2 })).rejects.toThrow('LEASE_LOST');
  });

  it('may give its training back, and say that it failed', async () => {
    const sweep = await launch('', [1, 2]);
    const first = await ask(sweep);
    await tellTraining(store, first.lease, { kind: 'given_back' });
    const again = await ask(sweep);
    expect(again.training).toBe(first.training);
    await tellTraining(store, again.lease, { kind: 'failed', outcome: 'infeasible', message: 'does not fit' });
    const other = await ask(sweep);
    await tellTraining(store, other.lease, { kind: 'failed', outcome: 'crashed', message: 'the driver' });
    const { counts, state, trials } = await readSweepSnapshot(store, sweep);
    expect({ state, counts }).toMatchObject({ state: 'completed', counts: { infeasible: 1, crashed: 1 } });
    expect(trials.map(({ failure }) => failure?.message)).toContain('PROGRAM_FAILED: does not fit');
  });

  it('is stopped by a pause, and goes on where it is given out again', async () => {
    const sweep = await launch('scheduler: {kind: median, rungs: [0.5], least: 5}', [1]);
    const { lease } = await ask(sweep);
    await report(lease, 5, { loss: 1 });
    await commandSweep(store, sweep, crypto.randomUUID(), { kind: 'pause' });
    expect(await report(lease, 6, { loss: 1 })).toMatchObject({ answer: 'stop' });
    expect((await askTraining(store, { sweep, leaseSeconds: 60, who: 'test' })).kind).toBe('wait');
    await commandSweep(store, sweep, crypto.randomUUID(), { kind: 'resume' });
    expect(await ask(sweep)).toMatchObject({ step: 5, report_at: 10 });
  });

  it('is a search that adapts, too: the next point follows from what was told', async () => {
    const sweep = await launch(
      'search: {kind: tpe, trials: 6, seed: 1, startup: 2}\nparallelism: 1',
      [1, 2, 3, 4, 5, 6],
    );
    for (let count = 0; count < 6; count += 1) {
      const asked = await ask(sweep);
      await tell(asked.lease, { loss: (xOf(asked) - 3) ** 2, seconds: 1 });
    }
    expect((await askTraining(store, { sweep, leaseSeconds: 60, who: 'test' })).kind).toBe('over');
    expect(await replaySearchOf(store, sweep)).toMatchObject({ differences: [] });
  });
});

/** The record over a network that loses the answer to the next commit: it holds, and whoever waited hears of a cut. */
function losingAnAnswer(): Store {
  let isLost = false;
  const transaction = () => ({
    execute: async <T>(body: (tx: DatabaseTransaction) => Promise<T>): Promise<T> => {
      const result = await store.db.transaction().execute(body);
      if (isLost) return result;
      isLost = true;
      throw Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' });
    },
  });
  const db = new Proxy(store.db, { get: (_, name) => (name === 'transaction' ? transaction : undefined) });
  return { ...store, db };
}

describe('an answer that is lost on the way', () => {
  const leased = () => store.db.selectFrom('segments').select('id').where('status', '=', 'claimed').execute();

  it('of ask: the program has one training, not a second beside it', async () => {
    const sweep = await launch();
    const before = await leased();
    const asked = await askTraining(losingAnAnswer(), { sweep, leaseSeconds: 60, who: 'test' });
    expect(asked).toMatchObject({ kind: 'training', step: 0 });
    expect((await leased()).length - before.length).toBe(1);
    expect(await tell(asked.kind === 'training' ? asked.lease : '', { loss: 1, seconds: 1 })).toEqual({
      answer: 'stop',
      reason: 'done',
    });
  });

  it('of tell: told again, the same is answered as before, and nothing is recorded twice', async () => {
    const sweep = await launch('scheduler: {kind: median, rungs: [0.3, 0.6], least: 2}');
    const ends: readonly (readonly [loss: number, end: Told])[] = [
      [1, { kind: 'result', values: { loss: 1, seconds: 1 } }],
      [2, { kind: 'failed', outcome: 'crashed', message: 'the driver' }],
      [3, { kind: 'given_back' }],
      [1, { kind: 'given_back' }],
    ];
    const answers: unknown[] = [];
    for (const [loss, end] of ends) {
      const { lease } = await ask(sweep);
      const steps = [1, 3, 4].map((step) => () => report(lease, step, { loss }));
      for (const told of [...steps, () => tellTraining(store, lease, end)]) {
        const first = await told().catch((error: unknown) => error);
        if (first instanceof Error) break;
        const before = await record();
        expect(await told()).toEqual(first);
        expect(await record()).toEqual(before);
        answers.push(first);
      }
      // Something else of a step that was told is a mistake still.
      await expect(report(lease, 1, { loss: 9 })).rejects.toThrow(/REPORT_INVALID|LEASE_LOST/);
    }
    expect(answers.length).toBeGreaterThan(8);
    const snapshot = await readSweepSnapshot(store, sweep);
    expect(snapshot.counts).toMatchObject({ succeeded: 1, crashed: 1 });
    expect(await replaySearchOf(store, sweep)).toMatchObject({ differences: [] });
  });

  it('of tell does not give back a lease that another asker has by now', async () => {
    const sweep = await launch('', [1]);
    const slow = await ask(sweep, 0.1);
    await reportTraining(store, slow.lease, { step: 1, values: { loss: 5 }, leaseSeconds: 0.1 });
    await sleep(300);
    const quick = await ask(sweep);
    expect(quick.training).toBe(slow.training);
    await expect(report(slow.lease, 1, { loss: 5 })).rejects.toThrow('LEASE_LOST');
    await expect(keepTraining(store, slow.lease, 60)).rejects.toThrow('LEASE_LOST');
  });
});

describe('a step that takes longer than the lease', () => {
  it('keeps its training by saying that it is worked on, and hears whether to go on', async () => {
    const sweep = await launch('', [1]);
    const { lease } = await ask(sweep, 0.3);
    for (let count = 0; count < 4; count += 1) {
      expect(await keepTraining(store, lease, 60)).toEqual({ answer: 'go', report_at: 10 });
      expect((await askTraining(store, { sweep, leaseSeconds: 60, who: 'other' })).kind).toBe('wait');
      await keepTraining(store, lease, 0.3);
      await sleep(100);
    }
    await keepTraining(store, lease, 60);
    const before = await record();
    await keepTraining(store, lease, 60);
    expect(await record()).toEqual(before);
    await commandSweep(store, sweep, crypto.randomUUID(), { kind: 'pause' });
    expect(await keepTraining(store, lease, 60)).toEqual({ answer: 'stop', reason: 'given back' });
    await expect(keepTraining(store, lease, 60)).rejects.toThrow('LEASE_LOST');
    await expect(keepTraining(store, '3f0c', 60)).rejects.toThrow('LEASE_UNKNOWN');
  });
});

describe('programs that ask', () => {
  const six = [1, 2, 3, 4, 5, 6];
  const kinds = (sweep: string, count: number) =>
    Promise.all(Array.from({ length: count }, () => askTraining(store, { sweep, leaseSeconds: 60, who: 'test' })));

  it.each(['search: grid', 'search: {kind: random, trials: 6}', 'search: {kind: tpe, trials: 6}'])(
    'have no more trainings at once than the parallelism of their sweep, with %s',
    async (search) => {
      const sweep = await launch(
        `${search}\nparallelism: 2`,
        search === 'search: grid' ? six : [...six, ...six.map((x) => x + 6)],
      );
      const asked = await kinds(sweep, 5);
      const trainings = asked.filter((each) => each.kind === 'training');
      expect(trainings).toHaveLength(2);
      expect(asked.filter(({ kind }) => kind === 'wait')).toHaveLength(3);
      await tell(trainings[0]?.lease ?? '', { loss: 1, seconds: 1 });
      expect((await kinds(sweep, 2)).map(({ kind }) => kind).toSorted()).toEqual(['training', 'wait']);
      await commandSweep(store, sweep, crypto.randomUUID(), { kind: 'set_parallelism', parallelism: 4 });
      const more = await kinds(sweep, 3);
      expect(more.map(({ kind }) => kind).toSorted()).toEqual(['training', 'training', 'wait']);
    },
  );

  it('have a place again once a lease has run out, and when a training was let go', async () => {
    const sweep = await launch('parallelism: 1', six);
    const gone = await ask(sweep, 0.1);
    expect((await kinds(sweep, 1))[0]?.kind).toBe('wait');
    await sleep(300);
    expect((await ask(sweep)).training).toBe(gone.training);
    await commandSweep(store, sweep, crypto.randomUUID(), { kind: 'cancel' });
    expect((await kinds(sweep, 1))[0]?.kind).toBe('over');
    await commandSweep(store, sweep, crypto.randomUUID(), { kind: 'resume' });
    expect((await kinds(sweep, 2)).map(({ kind }) => kind).toSorted()).toEqual(['training', 'wait']);
  });
});

describe('what is malformed is refused with its place, and nothing is recorded', () => {
  const cases: readonly (readonly [string, (lease: string) => Promise<unknown>, string])[] = [
    [
      'an unknown lease',
      () => tell('3f0c', { loss: 1, seconds: 1 }),
      'LEASE_UNKNOWN: there is no such lease\n  got: 3f0c',
    ],
    [
      'a metric that is missing',
      (lease) => tell(lease, { loss: 1 }),
      'REPORT_INVALID: a metric that the sweep file names is missing\n  where: seconds',
    ],
    ['no first objective at a rung', (lease) => report(lease, 5, { seconds: 1 }), 'where: loss'],
    ['a step that was reported', (lease) => report(lease, 2, { loss: 1 }), 'expected: above 2'],
    ['a step past the end', (lease) => report(lease, 11, { loss: 1 }), 'and at most 10'],
  ];
  it.each(cases)('%s', async (_, mistake, message) => {
    const sweep = await launch('scheduler: {kind: median, rungs: [0.5], least: 5}');
    const { lease } = await ask(sweep);
    await report(lease, 2, { other: 1 });
    const before = await record();
    await expect(mistake(lease)).rejects.toThrow(message);
    expect(await record()).toEqual(before);
    expect(await report(lease, 3, { loss: 1 })).toMatchObject({ answer: 'go' });
  });
});
