import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSweep } from '../../src/store/plans/create-sweep.ts';
import { readDecisions, replaySearchOf } from '../../src/store/search/read-search.ts';
import { readSweepSnapshot } from '../../src/store/views/sweep-reader.ts';
import { planSweep } from '../../src/search/planning/plan-sweep.ts';
import { underVersion } from '../../src/search/planning/under-version.ts';
import { evaluationHash, trainingHash } from '../../src/sweep/identity.ts';
import type { EvaluationConfiguration, TrainingSpecification } from '../../src/sweep/vocabulary.ts';
import { trainerVersion } from '../../src/sweep/trainer-version.ts';
import { definitionWritten, everyKind } from '../search/every-kind.ts';
import { resolvedInputs } from '../sweep/sweep-inputs.ts';
import { work } from './adaptive-plan.ts';
import type { RecordUnderTest } from './record-under-test.ts';
import { openWatchedRecord } from './watched-record.ts';

/*
 * A sweep of every sampler with every scheduler is extended in the middle of its work: more trials, more values, more
 * seeds, a longer budget, with lists and axes in another order; and once more, by a seed alone, after its end.
 */

let record: RecordUnderTest;
beforeAll(async () => {
  record = await openWatchedRecord();
});
afterAll(() => record.close());

interface Size {
  readonly trials: number;
  readonly seeds: string;
  readonly ranks: string;
  readonly failures: number;
}

const small = { trials: 3, seeds: '[3, 1, 4]', ranks: '[4, 8]', failures: 50 };
const larger = { trials: 5, seeds: '[1, 2, 3, 4]', ranks: '[16, 8, 4]', failures: 60 };
const moreSeeds = { ...larger, seeds: '[5, 4, 3, 2, 1]' };

interface Link {
  readonly ordinal: number;
  readonly hash: string;
  readonly point: string;
  readonly seed: number;
}

async function linksOf(sweep: string): Promise<readonly Link[]> {
  return record.query(sql<Link>`
    select l.ordinal, t.training_hash as hash, (t.specification -> 'configuration' ->> 'seed')::integer as seed,
      ((t.specification -> 'configuration') - 'seed')::text as point
    from sweep_trainings l join trainings t on t.id = l.training_id where l.sweep_id = ${sweep} order by l.ordinal`);
}

describe.each(everyKind)('an extension of search $sampler.kind with scheduler $scheduler.kind', (kind) => {
  const name = `${kind.sampler.kind}-${kind.scheduler.kind}`;

  function planOf({ trials, seeds, ranks, failures }: Size) {
    const rate = kind.sampler.ranges ? '{min: 0.1, max: 0.6}' : '[0.1, 0.4]';
    const axes = [`  rank: ${ranks}`, `  seed: ${seeds}`, `  dropout_rate: ${rate}`];
    const definition = definitionWritten(
      ['space:', ...(trials === small.trials ? axes : axes.toReversed())].join('\n'),
      kind.written(trials),
      `budget: {failures: ${failures}}`,
      'simulation: {steps: 40, step_ms: 0}',
      // No other sweep here has trained the same.
      `training: {weight_decay: ${everyKind.indexOf(kind) / 1000}}`,
    );
    return planSweep({ ...definition, name }, resolvedInputs());
  }

  it('by trials, values, seeds and budget keeps every training under its ordinal, and trains none twice', async () => {
    const sweep = await record.launch(planOf(small));
    await work(record, sweep, 7);
    let before = await linksOf(sweep);
    for (const size of [larger, moreSeeds]) {
      const request = { plan: planOf(size), datasets: [], launchedBy: {}, extend: true };
      expect(await createSweep(record.store, request)).toMatchObject({ kind: 'extended', sweepId: sweep });
      expect((await linksOf(sweep)).slice(0, before.length)).toEqual(before);
      await work(record, sweep);
      before = await linksOf(sweep);
    }
    const { state, counts } = await readSweepSnapshot(record.store, name);
    expect(state).toBe('completed');
    expect((counts.succeeded ?? 0) + (counts.pruned ?? 0)).toBe(counts.total);
    // Each point with each seed: of a grid all points, else as many as were asked for.
    const seedsOf = grouped(before.map((link) => [link.point, link]));
    expect(seedsOf.size).toBe(kind.sampler.ranges ? larger.trials : 6);
    for (const seeds of seedsOf.values())
      expect(seeds.map(({ seed }) => seed).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5]);
    expect(before.map(({ ordinal }) => ordinal)).toEqual(before.map((_, ordinal) => ordinal));
    const attempts = await record.query(sql<{ most: number }>`
      select max(count) as most from (select count(*) from attempts a join segments s on s.id = a.segment_id
        join sweep_trainings l on l.training_id = s.training_id where l.sweep_id = ${sweep} group by s.id) each`);
    expect(attempts).toEqual([{ most: 1 }]);
    expect((await replaySearchOf(record.store, name)).differences).toEqual([]);
  });
});

it('an extension by seeds says of a training that it brought which point it is of', async () => {
  const [sweep] = await record.query(sql<{ id: string }>`select id from sweeps where name = 'tpe-none'`);
  const links = await record.query(sql<{ training_id: string; ordinal: number }>`
    select training_id, ordinal from sweep_trainings where sweep_id = ${sweep?.id} order by ordinal`);
  const told = await Promise.all(
    links.map(async ({ training_id: id }) => (await readDecisions(record.store, sweep?.id ?? '', id))[0]),
  );
  // Five points with a reason each, and five seeds of each point with the same.
  const counts = [...grouped(told.map((each) => [each, each])).values()].map((each) => each.length);
  expect(counts).toEqual([5, 5, 5, 5, 5]);
});

it.each(['grid', 'random', 'tpe'])(
  'what a trainer of the version before was to train of a %s search stays',
  async (kind) => {
    const planOf = (trials: number, rates: string) => {
      const drawn = kind === 'grid' ? [`  dropout_rate: ${rates}`] : ['  dropout_rate: {min: 0.1, max: 0.6}'];
      const search = kind === 'grid' ? 'search: grid' : `search: {kind: ${kind}, trials: ${trials}}`;
      const simulation = 'simulation: {steps: 40, step_ms: 0}';
      // No other sweep here has trained the same.
      const training = `training: {weight_decay: 0.7${kind.length}}`;
      const written = definitionWritten(
        ['space:', ...drawn, '  seed: [1, 2]'].join('\n'),
        search,
        simulation,
        training,
      );
      return planSweep({ ...written, name: `former-${kind}` }, resolvedInputs());
    };
    const now = planOf(3, '[0.1, 0.2, 0.3]');
    const sweep = await record.launch({ ...now, trainings: [...now.trainings].map((each) => underVersion(each, '3')) });
    await work(record, sweep);
    // Suggested points are planned by the record's own program: they are made into what the former one left.
    if (kind === 'tpe') await becomeFormer(sweep);
    const before = await linksOf(sweep);
    const request = { plan: planOf(5, '[0.5, 0.3, 0.2, 0.1, 0.4]'), datasets: [], launchedBy: {}, extend: true };
    expect(await createSweep(record.store, request)).toMatchObject({ kind: 'extended', sweepId: sweep });
    await work(record, sweep);
    const after = await linksOf(sweep);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after).toHaveLength(10);
    const versions = await record.query(sql<{ version: string; ordinal: number }>`
    select t.trainer_version as version, l.ordinal from sweep_trainings l join trainings t on t.id = l.training_id
    where l.sweep_id = ${sweep} order by l.ordinal`);
    expect(versions.slice(0, before.length).map(({ version }) => version)).toEqual(before.map(() => '3'));
    expect(versions.at(-1)?.version).toBe(trainerVersion);
  },
);

it('an extension that leaves something out is refused, and records nothing', async () => {
  const files: readonly (readonly string[])[] = [
    // A narrower range, fewer values, fewer seeds, another scheduler.
    ['  dropout_rate: {min: 0.45, max: 0.6}', '  seed: [1, 2]', 'scheduler: none'],
    ['  dropout_rate: {min: 0.1, max: 0.6}', '  seed: [1, 3]', 'scheduler: none'],
    ['  dropout_rate: {min: 0.1, max: 0.6}', '  seed: [1, 2]', 'scheduler: {kind: asha, rungs: [0.5]}'],
  ];
  for (const search of ['random', 'sobol', 'tpe', 'nsga2']) {
    const planOf = ([rate = '', seeds = '', scheduler = '']: readonly string[], trials: number) => {
      const written = definitionWritten(
        ['space:', rate, seeds].join('\n'),
        `search: {kind: ${search}, trials: ${trials}}`,
        scheduler,
        'simulation: {steps: 40, step_ms: 0}',
      );
      return planSweep({ ...written, name: `kept-${search}` }, resolvedInputs());
    };
    const launched = ['  dropout_rate: {min: 0.1, max: 0.6}', '  seed: [1, 2]', 'scheduler: none'];
    const sweep = await record.launch(planOf(launched, 4));
    await work(record, sweep);
    const before = await record.query(
      sql`select definition, frozen_plan, former_stages, state from sweeps where id = ${sweep}`,
    );
    for (const file of files) {
      const request = { plan: planOf(file, 6), datasets: [], launchedBy: {}, extend: true };
      expect(await createSweep(record.store, request)).toMatchObject({ kind: 'conflict', sweepId: sweep });
    }
    const fewer = { plan: planOf(launched, 3), datasets: [], launchedBy: {}, extend: true };
    expect(await createSweep(record.store, fewer)).toMatchObject({ kind: 'conflict', sweepId: sweep });
    const after = await record.query(
      sql`select definition, frozen_plan, former_stages, state from sweeps where id = ${sweep}`,
    );
    expect(after).toEqual(before);
  }
});

/** Gives a sweep's trainings, and what is scored of them, the names that they have with trainer version 3. */
async function becomeFormer(sweep: string): Promise<void> {
  const trainings = await record.query(sql<{ id: string; specification: TrainingSpecification }>`
    select t.id, t.specification from sweep_trainings l join trainings t on t.id = l.training_id
    where l.sweep_id = ${sweep}`);
  for (const { id, specification: present } of trainings) {
    const specification = { ...present, trainer_version: '3' };
    const hash = trainingHash(specification);
    await record.query(sql`update trainings set training_hash = ${hash}, trainer_version = '3',
      specification = ${JSON.stringify(specification)}::jsonb where id = ${id}`);
    const evaluations = await record.query(sql<Evaluated>`
      select id, configuration, dataset_hash from evaluations where training_id = ${id}`);
    for (const { id: evaluation, configuration, dataset_hash: dataset } of evaluations) {
      const name = evaluationHash(hash, configuration, { hash: dataset, rows: 0 });
      await record.query(sql`update evaluations set evaluation_hash = ${name} where id = ${evaluation}`);
    }
  }
}

interface Evaluated {
  readonly id: string;
  readonly configuration: EvaluationConfiguration;
  readonly dataset_hash: string;
}

function grouped<Key, Value>(entries: readonly (readonly [Key, Value])[]): ReadonlyMap<Key, readonly Value[]> {
  const groups = new Map<Key, Value[]>();
  for (const [key, value] of entries) groups.set(key, [...(groups.get(key) ?? []), value]);
  return groups;
}
