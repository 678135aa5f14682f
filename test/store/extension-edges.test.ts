import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commandSweep, type SweepCommand } from '../../src/store/commands.ts';
import { createSweep } from '../../src/store/plans/create-sweep.ts';
import { replaySearchOf } from '../../src/store/search/read-search.ts';
import { readSweepSnapshot } from '../../src/store/views/sweep-reader.ts';
import { readStagedSweep } from '../../src/store/views/recorded-sweep.ts';
import { readSweepProvenance } from '../../src/store/views/sweep-list.ts';
import { endedTrainings } from '../../src/launch/cost/finished-trainings.ts';
import { tookSentence } from '../../src/report/took-sentence.ts';
import { planSweep as planPages } from '../../src/search/planning/plan-sweep.ts';
import type { SweepDefinition, SweepPlan } from '../../src/sweep/sweep-definition.ts';
import { planSweep, type WholePlan } from '../support/whole-plan.ts';
import { planTpe, work } from './adaptive-plan.ts';
import { planOf, type RecordUnderTest } from './record-under-test.ts';
import { openWatchedRecord } from './watched-record.ts';

/*
 * What a larger sweep file says of a sweep that has been steered meanwhile, has used up its budget, or holds points that
 * its space has not.
 */

let record: RecordUnderTest;
beforeEach(async () => {
  record = await openWatchedRecord();
});
afterEach(() => record.close());

const extend = (plan: WholePlan) =>
  createSweep(record.store, { plan, datasets: [], launchedBy: {}, extend: true }).then(({ kind }) => kind);
const command = (steering: SweepCommand) => commandSweep(record.store, 's', randomUUID(), steering);
const grid = (trainings: number, change: Partial<SweepDefinition> = {}): WholePlan => {
  const { definition, inputs } = planOf('s', trainings);
  return planSweep({ ...definition, ...change }, inputs);
};
const everything = () =>
  record.query(sql`select s.*, (select jsonb_agg(e order by e.sequence) from search_events e) as events,
    (select count(*) from sweep_trainings) as links, (select count(*) from sweep_events) as told from sweeps s`);

describe('an extension whose budget is spent already', () => {
  const refused = (got: string) => ({
    code: 'USAGE',
    message: expect.stringMatching(new RegExp(`budget is spent already[^]*got: ${got}`)),
  });

  it.each([
    ['trainings, of a search that adapts', planTpe('s'), planTpe('s', { budget: { trainings: 5 } }), '8 trainings'],
    ['trainings, of a grid that kept no log', grid(8), grid(12, { budget: { trainings: 5 } }), '5 trainings'],
    ['slot_hours', planTpe('s'), planTpe('s', { budget: { slot_hours: 2 / 3_600 } }), 'slots have trained'],
    ['a target', planTpe('s'), planTpe('s', { budget: { target: 0.2 } }), 'the target 0.2 is reached'],
    ['hours', planTpe('s'), planTpe('s', { budget: { hours: 1 } }), '1.50 of 1 hours are over'],
  ])('of %s is refused, and nothing is recorded', async (_, plan, larger, got) => {
    const sweep = await record.launch(plan);
    await work(record, sweep, 16);
    await record.query(sql`update sweeps set running_since = running_since - interval '90 minutes'`);
    const before = await everything();
    await expect(extend(larger)).rejects.toMatchObject(refused(got));
    expect(await everything()).toEqual(before);
    await work(record, sweep);
    expect(await readSweepSnapshot(record.store, 's')).toMatchObject({ state: 'completed' });
    expect((await replaySearchOf(record.store, 's')).differences).toEqual([]);
  });

  it('tells a search that kept no log what was reached, and goes on from there', async () => {
    const sweep = await record.launch(grid(8));
    await work(record, sweep);
    expect(await extend(grid(16, { budget: { trainings: 10 } }))).toBe('extended');
    await work(record, sweep);
    expect(await readSweepSnapshot(record.store, 's')).toMatchObject({ counts: { succeeded: 10, cancelled: 6 } });
    expect((await replaySearchOf(record.store, 's')).differences).toEqual([]);
  });
});

describe('what was set while a sweep ran', () => {
  const steered = () =>
    record.query(sql`select desired_parallelism as parallelism, priority, (
      select value from search_events where kind = 'capacity' order by sequence desc limit 1) as told from sweeps`);
  const more = { search: { kind: 'tpe', trials: 14, seed: 5, startup: 4 } };
  const file = { parallelism: 2, priority: 1, budget: { failures: 9, trainings: 4 } };

  it('stays where the larger file says what the file before it said, for lanes and search alike', async () => {
    const sweep = await record.launch(planTpe('s', file));
    await command({ kind: 'set_parallelism', parallelism: 8 });
    await command({ kind: 'set_priority', priority: 7 });
    await command({ kind: 'set_budget', changes: { trainings: 6, failures: null } });
    await work(record, sweep);
    expect(await readSweepSnapshot(record.store, 's')).toMatchObject({ counts: { succeeded: 6 } });
    await expect(extend(planTpe('s', { ...file, ...more }))).rejects.toThrow('6 trainings have ended');
    expect(await extend(planTpe('s', { ...file, ...more, budget: { failures: 9, trainings: 9 } }))).toBe('extended');
    expect(await steered()).toEqual([{ parallelism: 8, priority: 7, told: 8 }]);
    await command({ kind: 'set_budget', changes: { trainings: 11 } });
    // Once more, by trials alone: what has been set stays over both.
    const third = { ...file, search: { ...more.search, trials: 16 }, budget: { failures: 9, trainings: 9 } };
    expect(await extend(planTpe('s', third))).toBe('extended');
    await work(record, sweep);
    expect(await readSweepSnapshot(record.store, 's')).toMatchObject({ counts: { succeeded: 11 } });
    expect((await replaySearchOf(record.store, 's')).differences).toEqual([]);
  });

  it('is the larger file’s where that says something else', async () => {
    await record.launch(planTpe('s', file));
    await command({ kind: 'set_parallelism', parallelism: 8 });
    await command({ kind: 'set_priority', priority: 7 });
    expect(await extend(planTpe('s', { ...file, ...more, parallelism: 3, priority: 2 }))).toBe('extended');
    expect(await steered()).toEqual([{ parallelism: 3, priority: 2, told: 3 }]);
  });

  it('stays of a grid that had no budget of its own, whose search goes on listening', async () => {
    const sweep = await record.launch(grid(8));
    await work(record, sweep, 4);
    await command({ kind: 'set_budget', changes: { trainings: 5 } });
    expect(await extend(grid(12))).toBe('extended');
    await work(record, sweep);
    expect(await readSweepSnapshot(record.store, 's')).toMatchObject({ counts: { succeeded: 5, cancelled: 7 } });
    expect((await replaySearchOf(record.store, 's')).differences).toEqual([]);
  });
});

describe('a point that was given, and that the space of its own file has not', () => {
  const axes = { dropout_rate: { step: 0.1 } };
  const trials = (count: number, kind: string, enqueue: SweepDefinition['search'][string]) => ({
    axes,
    search: { kind, trials: count, seed: 5, ...(kind === 'tpe' ? { startup: 4 } : {}), enqueue },
  });

  it.each(['random', 'sobol'])('does not keep a %s search from being extended', async (kind) => {
    const sweep = await record.launch(planTpe('s', trials(4, kind, [{ dropout_rate: 0.33, rank: 16 }])));
    await work(record, sweep);
    expect(await extend(planTpe('s', trials(6, kind, [{ dropout_rate: 0.33, rank: 16 }])))).toBe('extended');
    await work(record, sweep);
    expect(await readSweepSnapshot(record.store, 's')).toMatchObject({ state: 'completed' });
  });

  const conditional = {
    space: { dropout_rate: [0.1, 0.8], rank: [2, 4, 8], train_instances: [1, 2] },
    axes: { rank: { when: { train_instances: [2] } } },
  };
  it.each([
    ['between steps', {}, { dropout_rate: 0.33, rank: 4 }],
    ['with an axis that is not there for it', conditional, { dropout_rate: 0.33, rank: 4, train_instances: 1 }],
  ])('%s does not keep one that adapts, of a version that took it, from being extended', async (_, change, point) => {
    const plan = planTpe('s', { ...trials(4, 'tpe', []), ...change });
    const { search } = trials(4, 'tpe', [point]);
    const sweep = await record.launch({ ...plan, definition: { ...plan.definition, search } });
    await work(record, sweep);
    expect(await extend(planTpe('s', { ...trials(6, 'tpe', []), ...change }))).toBe('extended');
    await work(record, sweep);
    const { state, trials: tried } = await readSweepSnapshot(record.store, 's');
    expect(state).toBe('completed');
    expect(tried.map(({ configuration }) => configuration.dropout_rate)).toContain(0.33);
    expect((await replaySearchOf(record.store, 's')).differences).toEqual([]);
  });
});

describe('a file that asks for the same trainings with other settings', () => {
  const told = () =>
    record.query(sql`select desired_parallelism as parallelism, priority, definition -> 'parallelism' as file, (
      select value from search_events where kind = 'capacity' order by sequence desc limit 1) as told,
      (select array_agg(kind order by id) from sweep_events where kind like 'set_%') as events from sweeps`);
  const file = { parallelism: 2, priority: 1 };
  const extended = (change: Partial<SweepDefinition>) =>
    createSweep(record.store, { plan: planTpe('s', change), datasets: [], launchedBy: {}, extend: true });

  it('sets them, for lanes and search alike, and notes it; given once more it changes nothing that was set since', async () => {
    await record.launch(planTpe('s', file));
    expect(await extended({ parallelism: 6, priority: 1 })).toMatchObject({
      kind: 'attached',
      set: [{ kind: 'set_parallelism', parallelism: 6 }],
    });
    const now = { parallelism: 6, priority: 1, file: 6, told: 6, events: ['set_parallelism'] };
    expect(await told()).toEqual([now]);
    await command({ kind: 'set_parallelism', parallelism: 8 });
    expect(await extended({ parallelism: 6, priority: 1 })).toMatchObject({ kind: 'attached', set: [] });
    expect(await told()).toMatchObject([{ parallelism: 8, told: 8 }]);
    expect(await extended({ parallelism: 6, priority: 5 })).toMatchObject({ set: [{ kind: 'set_priority' }] });
    expect(await told()).toMatchObject([{ parallelism: 8, priority: 5, told: 8 }]);
    expect((await replaySearchOf(record.store, 's')).differences).toEqual([]);
  });

  it('that is launched, not to extend, attaches alone', async () => {
    await record.launch(planTpe('s', file));
    const plan = planTpe('s', { parallelism: 6, priority: 5 });
    expect(await createSweep(record.store, { plan, datasets: [], launchedBy: {} })).toMatchObject({
      kind: 'attached',
      set: [],
    });
    expect(await told()).toMatchObject([{ parallelism: 2, priority: 1, events: null }]);
  });

  it('that is larger besides notes them with the extension', async () => {
    await record.launch(planTpe('s', file));
    const search = { kind: 'tpe', trials: 14, seed: 5, startup: 4 };
    expect(await extended({ parallelism: 6, priority: 1, search })).toMatchObject({
      kind: 'extended',
      set: [{ kind: 'set_parallelism', parallelism: 6 }],
    });
    expect(await told()).toMatchObject([{ parallelism: 6, told: 6, events: ['set_parallelism'] }]);
  });
});

describe('what is said of an extension', () => {
  const random = (trials: number, most: number): WholePlan =>
    grid(1, {
      space: { dropout_rate: [0.1, most] },
      scales: { dropout_rate: 'linear' },
      search: { kind: 'random', trials, seed: 0 },
    });
  const extendedTo = (plan: WholePlan) =>
    createSweep(record.store, { plan, datasets: [], launchedBy: { predicted_seconds: '3.0 to 4.0' }, extend: true });
  const ended = async (plan: SweepPlan, change: Partial<SweepDefinition>) => {
    const staged = await readStagedSweep(record.store, 's');
    const larger = planPages({ ...plan.definition, ...change }, plan.inputs, staged?.files);
    return endedTrainings(record.store, larger, staged?.id ?? '');
  };

  it('counts what has ended of it, pruned and failed trainings too, and of points that an earlier file drew', async () => {
    const sweep = await record.launch(random(6, 0.7));
    const first = await record.ledger.claim(record.request(sweep));
    const failed = { kind: 'failed', outcome: 'crashed', code: 'DEFECT', message: 'DEFECT: it is one' } as const;
    for (const { lease } of first.kind === 'claimed' ? first.bundle : []) await record.ledger.commit(lease, failed);
    await work(record, sweep);
    expect((await ended(random(9, 0.9), {})).count).toBe(6);
    expect(await extendedTo(random(9, 0.9))).toMatchObject({ kind: 'extended', added: 3 });
  });

  it('counts the trainings that a search has suggested, and predicts the time of the others', async () => {
    const sweep = await record.launch(planTpe('s'));
    await work(record, sweep);
    const plan = planTpe('s', { search: { kind: 'tpe', trials: 16, seed: 5, startup: 4 } });
    const { count, ofKind } = await ended(plan, {});
    const {
      rows: [before],
    } = { rows: await record.query(sql<{ count: number }>`select count(*)::integer as count from sweep_trainings`) };
    expect(count).toBe(before?.count);
    const done = [...ofKind.values()].reduce((sum, each) => sum + each, 0);
    expect(done / plan.trainings.length).toBeCloseTo(count / (plan.adaptive_trainings ?? 0), 12);
  });

  it('is that nothing is added where points stay as they are; it stands with what was predicted of it', async () => {
    const sweep = await record.launch(random(6, 0.7));
    await work(record, sweep);
    expect(await extendedTo(random(6, 0.9))).toMatchObject({ kind: 'extended', added: 0 });
    const { launchedBy } = await readSweepProvenance(record.store, 's');
    expect(launchedBy).toMatchObject({ predicted_seconds: '3.0 to 4.0', extended_at: expect.stringMatching(/^2/) });
    const { finishedAt, createdAt } = await readSweepSnapshot(record.store, 's');
    expect(tookSentence({ finishedAt: finishedAt ?? createdAt, createdAt }, launchedBy)).toMatch(
      /^Its extension took \d/,
    );
  });
});
