import { execFile, spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSweep } from '../../src/store/plans/create-sweep.ts';
import { migrate } from '../../src/store/database/migrate.ts';
import { openStore } from '../../src/store/database/open-store.ts';
import { startTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { simulatedPlan } from '../support/simulated-plan.ts';
import { emptyHome } from './run-cli.ts';

/*
 * In tmux, where many have their shells: the dashboard fills the pane, follows its size both ways, stops at Ctrl-Z with the
 * shell's screen as it was, is there again after `fg`, and leaves nothing behind.
 */
const hasTmux = spawnSync('tmux', ['-V']).status === 0;
const socket = `dropsweep-test-${process.pid}`;
const home = emptyHome();
const main = resolve(import.meta.dirname, '../../dist/cli/main.js');
let database: TestDatabase;

async function tmux(...args: readonly string[]): Promise<string> {
  return (await promisify(execFile)('tmux', ['-L', socket, '-f', '/dev/null', ...args])).stdout;
}

async function until(test: (screen: readonly string[]) => boolean, timeoutMs = 60_000): Promise<readonly string[]> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const screen = (await tmux('capture-pane', '-p', '-t', 'watch')).replace(/\n$/, '').split('\n');
    if (test(screen)) return screen;
    if (performance.now() > end) throw new Error(`never came:\n${screen.join('\n')}`);
    await sleep(50);
  }
}

describe.skipIf(!hasTmux)('in tmux, which is skipped where tmux is not installed', () => {
  beforeAll(async () => {
    database = await startTestDatabase();
    const store = openStore(database.databaseUrl);
    await migrate(store);
    const simulation = { step_ms: 0, failure_rate: 0, crash_rate: 0, steps: 10 };
    const plan = simulatedPlan({ name: 'panes', trainings: 60, parallelism: 2, simulation });
    await createSweep(store, { plan, datasets: [], launchedBy: { user: 'test' } });
    await store.close();
  });

  afterAll(async () => {
    await tmux('kill-server').catch(() => undefined);
    await database.drop();
  });

  it('the dashboard fills the pane, follows its size, stops at Ctrl-Z and is back after fg', {
    timeout: 180_000,
  }, async () => {
    await tmux('new-session', '-d', '-s', 'watch', '-x', '100', '-y', '30', '/bin/bash --norc --noprofile');
    await tmux(
      'send-keys',
      '-t',
      'watch',
      `PS1='$ '; export DATABASE_URL='${database.databaseUrl}' HOME='${home}'`,
      'Enter',
    );
    await tmux('send-keys', '-t', 'watch', `clear; '${process.execPath}' '${main}' watch panes`, 'Enter');
    await until(
      (screen) => /^dropsweep panes .*RUNNING$/.test(screen[0] ?? '') && screen[29]?.startsWith('q leave') === true,
    );

    await tmux('resize-window', '-t', 'watch', '-x', '64', '-y', '20');
    const narrow = await until(
      (screen) =>
        screen.length === 20 && screen[0]?.endsWith('RUNNING') === true && screen[19]?.startsWith('q leave') === true,
    );
    expect(narrow[0]).toHaveLength(64);
    expect(narrow.filter((line) => line.startsWith('q leave'))).toHaveLength(1);
    await tmux('resize-window', '-t', 'watch', '-x', '140', '-y', '40');
    const wide = await until(
      (screen) => screen.length === 40 && screen[0]?.length === 140 && screen[39]?.startsWith('q leave') === true,
    );
    expect(wide.filter((line) => line.startsWith('dropsweep panes'))).toHaveLength(1);

    await tmux('send-keys', '-t', 'watch', 'C-z');
    const shell = await until((screen) => screen.some((line) => line.includes('Stopped')));
    expect(shell.some((line) => line.startsWith('dropsweep panes'))).toBe(false);
    await tmux('send-keys', '-t', 'watch', 'fg', 'Enter');
    await until((screen) => screen[0]?.endsWith('RUNNING') === true && screen[39]?.startsWith('q leave') === true);
    await tmux('send-keys', '-t', 'watch', '2');
    await until((screen) => screen[3]?.startsWith('── trials 1–') === true);

    await tmux('resize-window', '-t', 'watch', '-x', '12', '-y', '8');
    await until((screen) => screen[0]?.includes('needs 40') === true);
    await tmux('resize-window', '-t', 'watch', '-x', '100', '-y', '30');
    await until((screen) => screen[0]?.endsWith('RUNNING') === true);
    await sleep(200);
    await tmux('send-keys', '-t', 'watch', 'q');
    const left = await until((screen) => screen.some((line) => line.startsWith('The sweep goes on.')));
    expect(left.some((line) => line.startsWith('dropsweep panes'))).toBe(false);
  });
});
