import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { readStoppedEarly } from '../../src/store/views/stopped-early.ts';
import { openRecordUnderTest, planOf } from './record-under-test.ts';

it('the steps at which patience ended trainings are those of the sweep’s own, the last attempt’s', async () => {
  const record = await openRecordUnderTest();
  const [mine, other] = [await record.launch(planOf('mine', 3)), await record.launch(planOf('other', 1))];
  const trainingsOf = (id: string) =>
    record.query<{ id: string }>(
      sql`select training_id as id from sweep_trainings where sweep_id = ${id} order by ordinal`,
    );
  const [[one, two], [elsewhere]] = [await trainingsOf(mine), await trainingsOf(other)];
  const tell = (training: string | undefined, kind: string, step: number) =>
    record.query(
      sql`insert into sweep_events (training_id, kind, detail) values (${training}, ${kind}, ${JSON.stringify({ step })})`,
    );
  await tell(one?.id, 'stopped_early', 2);
  await tell(one?.id, 'stopped_early', 3);
  await tell(two?.id, 'kept_step', 1);
  await tell(elsewhere?.id, 'stopped_early', 1);
  expect(await readStoppedEarly(record.store, mine)).toEqual(new Map([[one?.id, 3]]));
  await record.close();
});
