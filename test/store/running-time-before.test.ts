import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { migrate } from '../../src/store/database/migrate.ts';
import { openRecordUnderTest, planOf } from './record-under-test.ts';

/*
 * Sweeps of the version that counted hours from the launch on: one that runs has run since then, one that stands still up to
 * when it did.
 */
it('sweeps of before have run from their launch to when they stood still', async () => {
  const record = await openRecordUnderTest();
  for (const name of ['runs', 'paused', 'over']) await record.launch(planOf(name, 1));
  // As that version left them: launched ten hours ago.
  for (const statement of [
    'drop trigger sweeps_count_running_time on sweeps',
    'drop trigger sweeps_begin_running_time on sweeps',
    'drop function count_running_time',
    'drop function begin_running_time',
    'alter table sweeps drop column ran_seconds, drop column running_since',
    'drop table asks',
    'alter table workers drop column hardware',
    "delete from kysely_migration where name >= '0026-running-time-and-asks'",
    "update sweeps set created_at = now() - interval '10 hours'",
    "update sweeps set state = 'paused' where name = 'paused'",
    `insert into commands (id, sweep_id, kind, created_at)
       select gen_random_uuid(), id, 'pause', now() - interval '7 hours' from sweeps where name = 'paused'`,
    "update sweeps set state = 'completed', finished_at = now() - interval '8 hours' where name = 'over'",
  ])
    await record.query(sql.raw(statement));
  expect(await migrate(record.store)).toEqual(['0026-running-time-and-asks', '0027-hardware-of-workers']);
  // It goes on from there: a state that changes is noted, whoever changes it.
  await record.query(sql`update sweeps set state = 'paused' where name = 'runs'`);
  const ran = await record.query(sql`
    select name, round(ran_seconds / 3600)::integer as hours, running_since is not null as runs from sweeps order by name`);
  expect(ran).toEqual([
    { name: 'over', hours: 2, runs: false },
    { name: 'paused', hours: 3, runs: false },
    { name: 'runs', hours: 10, runs: false },
  ]);
  await record.query(sql`update sweeps set state = 'running'`);
  expect(
    await record.query(sql`select count(*)::integer as count from sweeps where running_since is not null`),
  ).toEqual([{ count: 3 }]);
  await record.close();
});
