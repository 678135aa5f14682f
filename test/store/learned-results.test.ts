import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readDecisions, replaySearchOf } from '../../src/store/search/read-search.ts';
import { readSweepSnapshot } from '../../src/store/views/sweep-reader.ts';
import { planTpe, work } from './adaptive-plan.ts';
import type { RecordUnderTest } from './record-under-test.ts';
import { openWatchedRecord } from './watched-record.ts';

/* A search that begins with what finished sweeps reached: their results are facts of its own log. */

let record: RecordUnderTest;
beforeEach(async () => {
  record = await openWatchedRecord();
});
afterEach(() => record.close());

const learning = { kind: 'tpe', trials: 6, seed: 9, startup: 4, learn_from: ['first'] };

describe('a search that learns from a former sweep', () => {
  it('suggests from its results at once, within the new space, and replays without it', async () => {
    await work(record, await record.launch(planTpe('first')));
    const sweep = await record.launch(
      planTpe('s', { search: learning, space: { dropout_rate: [0.1, 0.5], rank: [2, 4, 8] } }),
    );
    const learned = await record.query<{ value: number; point: { dropout_rate: number } }>(
      sql`select value, point from search_events where sweep_id = ${sweep} and kind = 'learned' order by sequence`,
    );
    // What it begins with is what its log suggests, no more: the plan was made before it had learned.
    expect(
      await record.query(sql`select (select count(*) from sweep_trainings where sweep_id = ${sweep}) as trainings,
        (select count(*) from search_events where sweep_id = ${sweep} and kind = 'suggest') as suggested`),
    ).toEqual([{ trainings: 3, suggested: 3 }]);
    expect(learned.length).toBeGreaterThan(3);
    expect(learned.length).toBeLessThanOrEqual(12);
    for (const { value, point } of learned) {
      expect(point.dropout_rate).toBeLessThanOrEqual(0.5);
      expect(value).toBeCloseTo(1 - (point.dropout_rate - 0.3) ** 2, 12);
    }
    await work(record, sweep);
    const snapshot = await readSweepSnapshot(record.store, 's');
    expect(snapshot).toMatchObject({ state: 'completed', counts: { succeeded: 6 } });
    const first = snapshot.trials.find(({ trial }) => trial === 1);
    expect(await readDecisions(record.store, sweep, first?.trainingId ?? '')).toEqual([
      expect.stringMatching(new RegExp(`tpe: from ${learned.length} results`)),
    ]);
    await record.query(sql`update evaluations set metrics = metrics || '{"accuracy": 0}'`);
    expect((await replaySearchOf(record.store, 's')).differences).toEqual([]);
  });

  it('learns from points of its space alone: on its steps, and within its constraints', async () => {
    await work(record, await record.launch(planTpe('first')));
    const learned = async (name: string, change: Parameters<typeof planTpe>[1]) => {
      const sweep = await record.launch(planTpe(name, { search: learning, ...change }));
      const rows = await record.query<{ point: { dropout_rate: number; rank: number } }>(
        sql`select point from search_events where sweep_id = ${sweep} and kind = 'learned' order by sequence`,
      );
      return rows.map(({ point }) => point);
    };
    const all = await learned('all', {});
    expect(all).toHaveLength(12);
    const [first = { dropout_rate: 0 }] = all;
    const step = first.dropout_rate - 0.1;
    const onStep = await learned('steps', { axes: { dropout_rate: { step } } });
    expect(onStep.map((point) => point.dropout_rate)).toContain(first.dropout_rate);
    expect(onStep.length).toBeLessThan(12);
    const small = await learned('constrained', { constraints: ['rank * p <= 2'] });
    expect(small).toEqual(all.filter(({ dropout_rate: rate, rank }) => rank * rate <= 2));
    expect(small.length).toBeGreaterThan(0);
    expect(small.length).toBeLessThan(12);
  });

  it('is refused where there is no such sweep, it still runs, or it was judged otherwise, and nothing is recorded', async () => {
    await expect(record.launch(planTpe('s', { search: learning }))).rejects.toMatchObject({ code: 'SWEEP_NOT_FOUND' });
    await record.launch(planTpe('first', { objectives: [{ metric: 'loss', direction: 'minimize' }] }));
    const refused = { code: 'SWEEP_FILE_INVALID', message: expect.stringContaining('search.learn_from') };
    await expect(record.launch(planTpe('s', { search: learning }))).rejects.toMatchObject(refused);
    await record.query(sql`update sweeps set state = 'completed'`);
    await expect(record.launch(planTpe('s', { search: learning }))).rejects.toMatchObject(refused);
    expect(await record.query(sql`select name from sweeps`)).toEqual([{ name: 'first' }]);
  });
});
