import { sql } from 'kysely';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DatabaseTransaction, look, transact } from '../../src/store/database/open-store.ts';
import { openRecordUnderTest, type RecordUnderTest } from './record-under-test.ts';

let record: RecordUnderTest;
beforeEach(async () => {
  record = await openRecordUnderTest();
});
afterEach(async () => {
  await record.close();
});

/** A body whose connection ends while nothing is asked of it, the first time that it runs. */
function brokenOnce(): (tx: DatabaseTransaction) => Promise<number> {
  let times = 0;
  return async (tx) => {
    times += 1;
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx);
    if (times === 1) {
      await sql`select pg_terminate_backend(${rows[0]?.pid}::int)`.execute(record.store.db);
      await sleep(100);
    }
    await sql`select 1`.execute(tx);
    return times;
  };
}

describe('a connection that ends between two statements', () => {
  it('has the transaction done again', async () => {
    expect(await transact(record.store, brokenOnce())).toBe(2);
  });

  it('has a look taken again', async () => {
    expect(await look(record.store, brokenOnce())).toBe(2);
  });
});
