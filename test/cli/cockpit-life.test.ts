import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { PtyTerminal } from '../support/pty-terminal.ts';
import { testTemporalAddress } from '../support/temporal.ts';
import { emptyHome, runCli } from './run-cli.ts';

/*
 * One person at a terminal: they launch a file, whose dashboard opens; filter, open a trial and go back, pause, clone a
 * trial with another rate in their editor, resume, and cancel, which asks first. All is real: a pseudo-terminal with an
 * emulator behind it, the program as it is built, PostgreSQL, Temporal, a worker.
 */
const home = emptyHome();
const file = join(home, 'sweep.yaml');
const editor = join(home, 'editor.sh');
const main = resolve(import.meta.dirname, '../../dist/cli/main.js');
let database: TestDatabase;
let environment: Record<string, string>;
let pty: PtyTerminal | null = null;

beforeAll(async () => {
  database = await startTestDatabase();
  environment = { DATABASE_URL: database.databaseUrl, TEMPORAL_ADDRESS: await testTemporalAddress() };
  writeFileSync(
    file,
    `name: flight
base: sentence-transformers/all-MiniLM-L6-v2
task: {kind: text-classification, data: {package: spam-assassin}, train_rows: 32, dev_rows: 32}
space: {p: [0, 0.25, 0.5], N: [1, 2], rank: [2, 4, 8]}
training: {epochs: 1}
trainer: simulated
simulation: {step_ms: 400, steps: 50}
parallelism: 2
`,
  );
  writeFileSync(editor, `#!/bin/sh\nsed -i 's/^dropout_rate: .*/dropout_rate: 0.125/' "$1"\n`, { mode: 0o755 });
});

afterAll(async () => {
  pty?.kill();
  await runCli(home, ['down'], { environment });
  await database.drop();
});

it('launches, filters, opens a trial, pauses, clones, resumes and cancels at a terminal', {
  timeout: 400_000,
}, async () => {
  const at = new PtyTerminal({
    columns: 100,
    rows: 30,
    command: [process.execPath, main, 'launch', file],
    environment: {
      ...environment,
      HOME: home,
      XDG_DATA_HOME: join(home, 'data'),
      XDG_CACHE_HOME: join(home, 'cache'),
      EDITOR: editor,
    },
  });
  pty = at;
  /** As a hand presses it: not at once after another. */
  const press = async (keys: string): Promise<void> => {
    await sleep(120);
    at.press(keys);
  };
  await at.until((screen) => /^dropsweep flight .*RUNNING$/.test(screen[0] ?? ''));
  await at.until((screen) => /[1-9]\d* running/.test(screen[2] ?? ''));

  await press('2');
  await press('/');
  await at.until((screen) => screen[29]?.startsWith('/') === true);
  await press('p=0.5 rank<8');
  await press('\r');
  await at.until((screen) => / where p=0\.5 rank<8: \d+ of \d+/.test(screen[3] ?? ''));
  await press('\r');
  await at.until(
    (screen) => /^── trial \d+/.test(screen[3] ?? '') && screen.some((line) => /dropout_rate +0\.5/.test(line)),
  );
  await press('\u001B');
  await at.until((screen) => / where p=0\.5 rank<8/.test(screen[3] ?? ''));

  await press('p');
  await at.until((screen) => screen[0]?.endsWith('PAUSED') === true);
  const before = Number(/\/(\d+) trainings/.exec((await at.screen())[2] ?? '')?.[1]);
  await press('c');
  await at.until((screen) => screen.some((line) => /^trials? \d+.* added: p=0\.125/.test(line)));
  await at.until((screen) => screen[2]?.includes(`/${before + 1} trainings`) === true);
  expect((await at.screen())[0]).toMatch(/PAUSED$/);
  await press('r');
  await at.until((screen) => screen[0]?.endsWith('RUNNING') === true);

  await press('C');
  await at.until((screen) => /^cancel flight, \d+ trainings not finished\?/.test(screen[29] ?? ''));
  await press('n\r');
  await at.until((screen) => screen[29]?.startsWith('q leave') === true);
  expect((await at.screen())[0]).toMatch(/RUNNING$/);
  await press('C');
  await at.until((screen) => screen[29]?.startsWith('cancel flight') === true);
  await press('y');
  await press('\r');
  // With the sweep's end the dashboard leaves, and the front is printed where the terminal was.
  await at.end();
  const shown = await runCli(home, ['show', 'flight', '--format', 'json'], { environment });
  expect(JSON.parse(shown.stdout)).toMatchObject({ sweep: 'flight', state: 'cancelled' });

  // Once more with the mouse, which the shell does not find switched on afterwards.
  const pointed = new PtyTerminal({
    columns: 120,
    rows: 30,
    command: [process.execPath, main, 'watch', 'flight', '--mouse'],
    environment: { ...environment, HOME: home, XDG_DATA_HOME: join(home, 'data'), XDG_CACHE_HOME: join(home, 'cache') },
  });
  pty = pointed;
  const tabs = (await pointed.until((screen) => screen[29]?.startsWith('1 overview') === true))[29] ?? '';
  expect(pointed.terminal.modes.mouseTrackingMode).toBe('vt200');
  pointed.press(`\u001B[<0;${tabs.indexOf('2 trials') + 1};30M`);
  await pointed.until((screen) => screen[3]?.startsWith('── trials') === true);
  pointed.press(`\u001B[<0;20;7M`);
  await pointed.until((screen) => /^.>/.test(screen[6] ?? ''));
  pointed.press('q');
  await pointed.end();
  expect(pointed.terminal.modes.mouseTrackingMode).toBe('none');
});
