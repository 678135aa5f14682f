import { expect, onTestFinished, test, vi } from 'vitest';
import { prepareSweep } from '../../src/launch/prepare-sweep.ts';
import { searchSections } from '../../src/search/search-sections.ts';
import { createSweep } from '../../src/store/plans/create-sweep.ts';
import { migrate } from '../../src/store/database/migrate.ts';
import { openStore } from '../../src/store/database/open-store.ts';
import { askTraining } from '../../src/store/programs/ask-training.ts';
import { reportTraining } from '../../src/store/programs/tell-training.ts';
import { parseSweepFile } from '../../src/sweep/file/parse-sweep-file.ts';
import { taskSections } from '../../src/tasks/tasks.ts';
import { startTestDatabase } from '../support/postgres.ts';
import { runInProcess } from './run-in-process.ts';

const file = `name: mine
trainer: {ask: parabola, metrics: {loss: minimize}, steps: 6}
space: {x: [1]}
`;

test("explain says of a program's trial at which steps its loss was told, and nothing of the method", async () => {
  const database = await startTestDatabase();
  const store = openStore(database.databaseUrl);
  onTestFinished(async () => {
    await store.close();
    await database.drop();
  });
  await migrate(store);
  vi.stubEnv('DATABASE_URL', database.databaseUrl);
  onTestFinished(() => void vi.unstubAllEnvs());
  const isThere = { isFile: () => true, isFolder: () => true };
  const definition = parseSweepFile(file, '/home/user/sweep.yaml', isThere, taskSections, searchSections);
  const { plan, datasets } = await prepareSweep(definition, () => Promise.reject(new Error('there is no base')));
  await createSweep(store, { plan, datasets, launchedBy: {} });
  const asked = await askTraining(store, { sweep: 'mine', leaseSeconds: 60, who: 'me' });
  const lease = asked.kind === 'training' ? asked.lease : '';
  for (const [step, loss] of [
    [2, 0.5],
    [5, 0.25],
  ] as const)
    await reportTraining(store, lease, { step, values: { loss }, leaseSeconds: 60 });

  const { stdout: json } = await runInProcess(['explain', 'mine', '1', '--format', 'json']);
  const told = JSON.parse(json) as { readonly loss_by_step: unknown; readonly rows: readonly { field: string }[] };
  expect(told.loss_by_step).toEqual([
    { step: 2, loss: 0.5 },
    { step: 5, loss: 0.25 },
  ]);
  const fields = told.rows.map(({ field }) => field);
  expect(fields).toContain('x');
  expect(fields.filter((field) => /^evaluation\.|^complexity$|^trainable_parameters$/.test(field))).toEqual([]);
  const { stdout: said } = await runInProcess(['explain', 'mine', '1']);
  expect(said).toContain('Training loss: 0.5 at step 2, 0.25 at step 5.');
  expect(said).not.toMatch(/dropout|λ/);
});
