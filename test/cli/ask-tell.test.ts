// A program of a few lines of shell asks for trainings over the command line, as it would from another machine.
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { prepareSweep } from '../../src/launch/prepare-sweep.ts';
import { searchSections } from '../../src/search/search-sections.ts';
import { createSweep } from '../../src/store/plans/create-sweep.ts';
import { migrate } from '../../src/store/database/migrate.ts';
import { openStore } from '../../src/store/database/open-store.ts';
import { askTraining } from '../../src/store/programs/ask-training.ts';
import { reportTraining } from '../../src/store/programs/tell-training.ts';
import { readSweepSnapshot } from '../../src/store/views/sweep-reader.ts';
import { parseSweepFile } from '../../src/sweep/file/parse-sweep-file.ts';
import { taskSections } from '../../src/tasks/tasks.ts';
import { startTestDatabase } from '../support/postgres.ts';
import { runInProcess } from './run-in-process.ts';

const project = resolve(import.meta.dirname, '../..');

test('the example in shell works through its sweep: it takes over, is stopped at rungs, and the best is found', async () => {
  const database = await startTestDatabase();
  const store = openStore(database.databaseUrl);
  onTestFinished(async () => {
    await store.close();
    await database.drop();
  });
  await migrate(store);
  const file = join(project, 'examples', 'ask', 'sweep.yaml');
  const isThere = { isFile: () => true, isFolder: () => true };
  const text = readFileSync(file, 'utf8').replace(/x: \[.*\]/, 'x: [3, 4, 5, 9]');
  const definition = parseSweepFile(text, file, isThere, taskSections, searchSections);
  const { plan, datasets } = await prepareSweep(definition, () => Promise.reject(new Error('there is no base')));
  await createSweep(store, { plan, datasets, launchedBy: {} });

  // Another asker has passed the first rung, and is heard of no more.
  const left = await askTraining(store, { sweep: 'parabola', leaseSeconds: 60, who: 'another' });
  const lease = left.kind === 'training' ? left.lease : '';
  const folder = mkdtempSync(join(tmpdir(), 'dropsweep-ask-'));
  vi.stubEnv('DATABASE_URL', database.databaseUrl);
  vi.stubEnv('DROPSWEEP_DATA', folder);
  onTestFinished(() => void vi.unstubAllEnvs());
  const { stdout } = await runInProcess(['tell', lease, '--alive', '--lease-seconds', '60']);
  expect(JSON.parse(stdout)).toEqual({ answer: 'go', report_at: 1 });
  const report = { step: 1, values: { loss: 0 }, leaseSeconds: 0.01 };
  expect(await reportTraining(store, lease, report)).toEqual({ answer: 'go', report_at: 2 });

  const command = join(folder, 'dropsweep');
  writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${join(project, 'dist/cli/main.js')}" "$@"\n`);
  chmodSync(command, 0o755);
  const loop = spawn('/bin/sh', [join(project, 'examples', 'ask', 'loop.sh')], {
    env: {
      ...process.env,
      PATH: `${folder}${delimiter}${process.env['PATH']}`,
      DATABASE_URL: database.databaseUrl,
      DROPSWEEP_DATA: folder,
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  expect(await new Promise((ended) => loop.once('close', ended))).toBe(0);

  const snapshot = await readSweepSnapshot(store, 'parabola');
  expect(snapshot).toMatchObject({ state: 'completed', counts: { succeeded: 3, pruned: 1 } });
  expect(snapshot.trials[0]).toMatchObject({ metrics: { loss: 0 }, configuration: { x: 3, seed: 0 } });
}, 180_000);
