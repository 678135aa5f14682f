import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { autoVerb } from '../../src/cli/verbs/auto/auto-verb.ts';
import { openStore, type Store } from '../../src/store/database/open-store.ts';
import { startTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { testTemporalAddress } from '../support/temporal.ts';
import { tinyRows, writeTinyModel } from '../support/tiny-model.ts';
import { differences, wrongTypes } from './documented-output.ts';
import { emptyHome, runCli } from './run-cli.ts';

/*
 * Somebody gives `auto` a file and an hour. A tiny model is really trained, by one slot; as soon as a training has come to
 * its end and others run, the launch is put an hour back. The search has to end then, and the best of what there is to be
 * exported with its card. That what runs is stopped though no result comes: test/store/search-budget.test.ts.
 */
describe('auto', () => {
  const home = emptyHome();
  const out = join(home, 'best');
  let database: TestDatabase;
  let environment: Record<string, string>;
  let store: Store;

  beforeAll(async () => {
    database = await startTestDatabase();
    store = openStore(database.databaseUrl);
    const temporal = await testTemporalAddress();
    environment = { DATABASE_URL: database.databaseUrl, TEMPORAL_ADDRESS: temporal, DROPSWEEP_SLOTS: '1' };
    mkdirSync(join(home, 'model'));
    writeTinyModel(join(home, 'model'));
    const rows = tinyRows(3, 60).map(({ text, label }) => `${JSON.stringify(text)},${label === 1 ? 'glad' : 'sad'}`);
    writeFileSync(join(home, 'mails.csv'), `text,y\n${rows.join('\n')}\n`);
  });

  afterAll(async () => {
    await runCli(home, ['down'], { environment });
    await store.close();
    await database.drop();
  });

  const auto = () =>
    runCli(
      home,
      [
        ...['auto', '--data', join(home, 'mails.csv'), '--label', 'y', '--hours', '1', '--format', 'json'],
        ...['--base', join(home, 'model'), '--out', out],
      ],
      { environment },
    );

  /** Some have ended, and others run. */
  async function isUnderWay(): Promise<boolean> {
    const { rows } = await sql<{ ended: number; running: number }>`
      select count(*) filter (where state = 'succeeded') as ended,
        count(*) filter (where state = 'active' and exists (
          select 1 from segments s where s.training_id = t.id and s.kind = 'train' and s.status = 'claimed')) as running
      from trainings t`.execute(store.db);
    return Number(rows[0]?.ended) > 0 && Number(rows[0]?.running) > 0;
  }

  it('holds to its hours: nothing trains then, and the best there is exported with its card', async () => {
    const run = auto();
    const isOver = run.then(() => true);
    while (!(await isUnderWay().catch(() => false))) {
      if (await Promise.race([isOver, sleep(50, false)])) break;
    }
    await sql`update sweeps set running_since = running_since - interval '1 hour'`.execute(store.db);
    const { status, stdout, stderr } = await run;
    expect(stderr).not.toContain('no training came to its end');
    expect(status).toBe(0);
    const { rows: states } = await sql`select state, halted from sweeps`.execute(store.db);
    expect(states).toEqual([{ state: 'completed', halted: expect.stringMatching(/^1\.0\d of 1 hours are over$/) }]);
    const { rows: open } = await sql`select id from trainings where state = 'active'`.execute(store.db);
    expect(open).toEqual([]);
    const { rows } = JSON.parse(stdout) as { readonly rows: readonly Record<string, unknown>[] };
    expect(rows).toMatchObject([
      {
        ...{ sweep: 'mails', state: 'completed', metric: 'accuracy', adapter: join(out, 'adapter') },
        text: expect.stringMatching(/^The best configuration's adapter, trial \d+ \(accuracy 0\.\d+/),
      },
    ]);
    const columns = autoVerb.output.kind === 'rows' ? autoVerb.output.columns : [];
    expect(differences(columns, Object.keys(rows[0] ?? {}))).toEqual([]);
    expect(rows.flatMap((row) => wrongTypes(columns, row))).toEqual([]);
    const told = (file: string) => readFileSync(join(out, 'adapter', file), 'utf8');
    expect(JSON.parse(told('adapter_config.json'))).toMatchObject({ peft_type: 'LORA' });
    expect(told('README.md')).toContain('accuracy');
    expect(existsSync(join(out, 'adapter', 'adapter_model.safetensors'))).toBe(true);
  }, 120_000);

  it('does not write over what it has exported', async () => {
    const again = await auto();
    expect(again).toMatchObject({ status: 2, stderr: expect.stringContaining('--force') });
  });
});
