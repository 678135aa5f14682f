import { prepareSweep } from '../../src/launch/prepare-sweep.ts';
import { searchSections } from '../../src/search/search-sections.ts';
import { type Asked, askTraining } from '../../src/store/programs/ask-training.ts';
import { createSweep } from '../../src/store/plans/create-sweep.ts';
import { migrate } from '../../src/store/database/migrate.ts';
import { openStore, type Store } from '../../src/store/database/open-store.ts';
import { readSweepSnapshot } from '../../src/store/views/sweep-reader.ts';
import { type Answer, reportTraining, tellTraining } from '../../src/store/programs/tell-training.ts';
import { parseSweepFile } from '../../src/sweep/file/parse-sweep-file.ts';
import { taskSections } from '../../src/tasks/tasks.ts';
import { startTestDatabase } from '../support/postgres.ts';

export type AskedTraining = Extract<Asked, { kind: 'training' }>;
type Values = Readonly<Record<string, number>>;

/** A record whose trainings programs ask for, and shorthands for what they say. */
export interface AskedRecord {
  readonly store: Store;
  /** A sweep over x, of trainings of its own unless a program is named. @returns its name */
  launch(extra?: string, xs?: readonly number[], program?: string): Promise<string>;
  /** Throws where there is no training. */
  ask(sweep: string, leaseSeconds?: number): Promise<AskedTraining>;
  report(lease: string, step: number, values: Values): Promise<Answer>;
  tell(lease: string, values: Values): Promise<Answer>;
  /** All of the newest sweep that a mistake could have changed. */
  everything(): Promise<unknown>;
  close(): Promise<void>;
}

export async function openAskedRecord(): Promise<AskedRecord> {
  const database = await startTestDatabase();
  const store = openStore(database.databaseUrl);
  await migrate(store);
  let sweeps = 0;
  return {
    store,
    launch: async (extra = '', xs = [1, 2, 3, 4], program) => {
      sweeps += 1;
      const name = `asked-${sweeps}`;
      const text = `name: ${name}
trainer: {ask: ${program ?? name}, metrics: {loss: minimize, seconds: minimize}, steps: 10}
space: {x: [${xs.join(', ')}]}
${extra}`;
      const isThere = { isFile: () => true, isFolder: () => true };
      const definition = parseSweepFile(text, '/somewhere/sweep.yaml', isThere, taskSections, searchSections);
      const { plan, datasets } = await prepareSweep(definition, () => Promise.reject(new Error('there is no base')));
      await createSweep(store, { plan, datasets, launchedBy: {} });
      return name;
    },
    ask: async (sweep, leaseSeconds = 60) => {
      const asked = await askTraining(store, { sweep, leaseSeconds, who: 'test' });
      if (asked.kind !== 'training') throw new Error(`got ${asked.kind}`);
      return asked;
    },
    report: (lease, step, values) => reportTraining(store, lease, { step, values, leaseSeconds: 60 }),
    tell: (lease, values) => tellTraining(store, lease, { kind: 'result', values }),
    everything: async () => ({
      snapshot: (await readSweepSnapshot(store, `asked-${sweeps}`)).trials,
      metrics: await store.db.selectFrom('metrics').selectAll().execute(),
      segments: await store.db.selectFrom('segments').select(['id', 'status', 'lease_epoch']).orderBy('id').execute(),
    }),
    close: async () => {
      await store.close();
      await database.drop();
    },
  };
}
