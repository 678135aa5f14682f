import { sql } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openRecordUnderTest, outcomeOf, planOf, type RecordUnderTest } from './record-under-test.ts';

/*
 * What a training costs the database must not grow with those that are done. Once half of a sweep was over, PostgreSQL read
 * all of its trainings for each claim and sorted them, which halved the rate of 100,000. Rows are counted, not time.
 */

let record: RecordUnderTest;
beforeEach(async () => {
  record = await openRecordUnderTest();
});
afterEach(async () => {
  await record.close();
});

it('claims and commits read no table whole, however much of the sweep is over', async () => {
  const sweep = await record.launch(planOf('s', 3_000));
  await letEnd(1_800);
  const finish = async (trainings: number) => {
    for (let count = 0; count < 2 * trainings; count += 1) {
      const segment = await record.take(sweep);
      await record.ledger.commit(segment.lease, outcomeOf(segment));
    }
  };
  await finish(2); // Statements are planned, types and functions looked up.
  const before = await rowsReadInTurn();
  await finish(8);
  const after = await rowsReadInTurn();
  const grown = [...after].filter(([table, rows]) => rows > (before.get(table) ?? 0));
  expect(grown).toEqual([]);
});

/** The first trainings of the sweep as they are after their results, which is quicker than to have them. */
async function letEnd(trainings: number): Promise<void> {
  const { db } = record.store;
  const ended = sql`select training_id from sweep_trainings where ordinal < ${trainings}`;
  await sql`update segments set status = 'done' where training_id in (${ended})`.execute(db);
  await sql`update evaluations set status = 'done' where training_id in (${ended})`.execute(db);
  await sql`update trainings set state = 'succeeded' where id in (${ended})`.execute(db);
  await sql`update sweep_trainings set open = false, claimable = false, evaluable = false
    where ordinal < ${trainings}`.execute(db);
  // Those that wait lie behind them, as where each is ended in its turn.
  await sql`update sweep_trainings set open = open where ordinal >= ${trainings}`.execute(db);
  await sql`vacuum analyze`.execute(db);
}

/** By table of what a sweep is made of, the rows that statements read by walking through all of it. */
async function rowsReadInTurn(): Promise<ReadonlyMap<string, number>> {
  // Each connection keeps its own counts for a while.
  const flushes = Array.from({ length: 12 }, () => record.query(sql`select pg_stat_force_next_flush(), pg_sleep(0.1)`));
  await Promise.all(flushes);
  const rows = await record.query(sql<{ table: string; rows: string }>`
    select relname as "table", seq_tup_read as rows from pg_stat_user_tables
    where relname in ('segments', 'trainings', 'sweep_trainings', 'evaluations', 'sweep_evaluations', 'search_events')`);
  return new Map(rows.map((row) => [row.table, Number(row.rows)]));
}
