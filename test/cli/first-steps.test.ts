import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { PtyTerminal } from '../support/pty-terminal.ts';
import { emptyHome, runCli } from './run-cli.ts';

const main = resolve(import.meta.dirname, '../../dist/cli/main.js');

it('without a word, in an empty home, says how one begins: on a terminal in four lines, in a pipe by its help', async () => {
  const home = emptyHome();
  const piped = await runCli(home, []);
  expect([piped.status, piped.stderr]).toEqual([0, '']);
  expect(piped.stdout).toContain('dropsweep start [--detach]');
  const terminal = new PtyTerminal({
    ...{ columns: 80, rows: 24, command: [process.execPath, main] },
    environment: { HOME: home, XDG_DATA_HOME: join(home, 'data') },
  });
  const screen = await terminal.until((lines) => lines.some((line) => line.includes('--help')));
  expect(screen.join('\n')).toContain('There is no sweep here yet. To begin:');
  for (const verb of ['start', 'init --data train.csv', 'launch FILE --dry-run'])
    expect(screen.some((line) => line.trim().startsWith(`dropsweep ${verb}`))).toBe(true);
  await terminal.end();
  expect(readdirSync(home)).toEqual([]);
});

it('without a word, where a record lies whose services are down, says that and how it comes back', async () => {
  const home = emptyHome();
  const cluster = join(home, 'data', 'dropsweep', 'postgres');
  mkdirSync(cluster, { recursive: true });
  writeFileSync(join(cluster, 'PG_VERSION'), '17\n');
  const terminal = new PtyTerminal({
    ...{ columns: 80, rows: 24, command: [process.execPath, main] },
    environment: { HOME: home, XDG_DATA_HOME: join(home, 'data') },
  });
  const screen = await terminal.until((lines) => lines.some((line) => line.includes('dropsweep up ')));
  const text = screen.join(' ');
  expect(text).toContain('The services of this machine are down');
  expect(text).not.toContain('no sweep here');
  await terminal.end();
});
