import { Migrator, sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as initial from '../../migrations/0001-initial.ts';
import * as packing from '../../migrations/0002-packing.ts';
import * as theoryConstants from '../../migrations/0003-theory-constants.ts';
import * as outputRows from '../../migrations/0004-output-rows.ts';
import * as metricsAreJson from '../../migrations/0005-metrics-are-json.ts';
import { migrate } from '../../src/store/database/migrate.ts';
import { openStore } from '../../src/store/database/open-store.ts';
import { replaySearchOf } from '../../src/store/search/read-search.ts';
import { readSweepSnapshot } from '../../src/store/views/sweep-reader.ts';
import { startTestDatabase } from '../support/postgres.ts';
import { work } from './adaptive-plan.ts';
import { planOf, type RecordUnderTest } from './record-under-test.ts';
import { openWatchedRecord } from './watched-record.ts';

/*
 * Sweeps of the version before this one: their logs have no reasons, no results, and no word of how many trainings there are.
 */

let record: RecordUnderTest;
beforeEach(async () => {
  record = await openWatchedRecord();
});
afterEach(() => record.close());

describe('a halving sweep of the version before', () => {
  it('goes on with its log, which has no reasons and no results', async () => {
    const sweep = await record.launch(
      planOf('s', 8, { scheduler: { kind: 'halving', rungs: [0.5], keep: 0.5 }, rungSteps: [2, 4] }),
    );
    await work(record, sweep, 10);
    // As that version left it, once its schema was brought up to date: the migration's test is below.
    await record.query(sql`delete from search_events where kind = 'result'`);
    await record.query(sql`update search_events set sequence = -1 where kind = 'planned'`);
    await record.query(sql`update search_events set reason = null, decided_at = null, token = gen_random_uuid()`);
    await work(record, sweep);
    expect(await readSweepSnapshot(record.store, 's')).toMatchObject({
      state: 'completed',
      counts: { succeeded: 4, pruned: 4 },
    });
    expect(await replaySearchOf(record.store, 's')).toMatchObject({ differences: [], listens: true });
  });

  it('is told by the migration how many trainings it has, and that it listens', async () => {
    const database = await startTestDatabase();
    const store = openStore(database.databaseUrl);
    const before = {
      '0001-initial': initial,
      '0002-packing': packing,
      '0003-theory-constants': theoryConstants,
      '0004-output-rows': outputRows,
      '0005-metrics-are-json': metricsAreJson,
    };
    await new Migrator({ db: store.db, provider: { getMigrations: () => Promise.resolve(before) } }).migrateToLatest();
    for (const kind of ['halving', 'none']) {
      const { definition, inputs } = planOf(kind, 1, { scheduler: { kind } });
      await sql`
        insert into sweeps (name, canonical_hash, definition, inputs, trainer, desired_parallelism, planned_trainings,
          merged_points, trial_count, frozen_plan, launched_by)
        values (${kind}, ${kind}, ${JSON.stringify(definition)}, ${JSON.stringify(inputs)}, 'simulated', 1, 7, 0, 7,
          ''::bytea, '{}')`.execute(store.db);
    }
    await sql`
      insert into search_events (sweep_id, sequence, kind, ordinal, rung, value)
      select id, 0, 'report', 3, 0, 0.5 from sweeps where name = 'halving'`.execute(store.db);
    await migrate(store);
    const { rows } = await sql`
      select name, listens, searching, v.sequence, v.kind, v.value from sweeps left join search_events v on v.sweep_id = id
      order by name, v.sequence`.execute(store.db);
    expect(rows).toEqual([
      { name: 'halving', listens: true, searching: false, sequence: -1, kind: 'planned', value: 7 },
      { name: 'halving', listens: true, searching: false, sequence: 0, kind: 'report', value: 0.5 },
      { name: 'none', listens: false, searching: false, sequence: null, kind: null, value: null },
    ]);
    await store.close();
    await database.drop();
  });
});
