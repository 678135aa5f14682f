import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../src/store/database/migrate.ts';
import { openStore } from '../../src/store/database/open-store.ts';
import { startTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { PtyTerminal } from '../support/pty-terminal.ts';
import { finishedSweep } from './finished-sweep.ts';
import { runCli } from './run-cli.ts';

const main = resolve(import.meta.dirname, '../../dist/cli/main.js');
const home = mkdtempSync(join(tmpdir(), 'dropsweep-completion-'));
let database: TestDatabase;
let environment: Record<string, string>;

beforeAll(async () => {
  database = await startTestDatabase();
  const store = openStore(database.databaseUrl);
  await migrate(store);
  await finishedSweep(store);
  await store.close();
  // The shell finds the program by its name, as after an installation.
  mkdirSync(join(home, 'bin'));
  mkdirSync(join(home, 'functions'));
  writeFileSync(join(home, 'bin', 'dropsweep'), `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`);
  chmodSync(join(home, 'bin', 'dropsweep'), 0o755);
  writeFileSync(join(home, 'my-file.yaml'), '');
  environment = {
    PATH: `${join(home, 'bin')}:${process.env['PATH'] ?? ''}`,
    HOME: home,
    DATABASE_URL: database.databaseUrl,
  };
  for (const [shell, file] of [
    ['bash', 'completion.bash'],
    ['fish', 'completion.fish'],
    ['zsh', 'functions/_dropsweep'],
  ] as const) {
    const { stdout } = await runCli(home, ['completion', shell]);
    writeFileSync(join(home, file), stdout);
  }
});
afterAll(() => database.drop());

/** A command line as it is typed so far, and what each shell is to offer for its last word. */
const lines: readonly (readonly [typed: string, offered: readonly string[]])[] = [
  ['dropsweep la', ['launch']],
  ['dropsweep launch --d', ['--detach', '--dry-run']],
  ['dropsweep best --format ', ['csv', 'json', 'table']],
  ['dropsweep best --by macro_', ['macro_accuracy', 'macro_f1', 'macro_recall']],
  ['dropsweep show fin', ['finished']],
  ['dropsweep compare finished fin', ['finished']],
  ['dropsweep completion z', ['zsh']],
  ['dropsweep help launc', ['launch']],
  ['dropsweep launch my-f', ['my-file.yaml']],
];

const has = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0;

describe('completion', () => {
  it.each(lines)('in bash of %j is %j', (typed, offered) => {
    const words = typed.split(' ');
    const script = `source '${home}/completion.bash'
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=${words.length - 1}
cd '${home}' && _dropsweep && printf '%s\\n' "\${COMPREPLY[@]}"`;
    const told = execFileSync('bash', ['--norc', '-c', script], { encoding: 'utf8', env: environment });
    expect(told.trim().split('\n').sort()).toEqual(offered);
  });

  it.each(has('fish') ? lines : [])('in fish of %j is %j', (typed, offered) => {
    const script = `source '${home}/completion.fish'; cd '${home}'; complete -C '${typed}'`;
    const told = execFileSync('fish', ['--no-config', '-c', script], { encoding: 'utf8', env: environment });
    const words = told
      .trim()
      .split('\n')
      .map((line) => line.split('\t')[0] ?? '');
    expect(words.sort()).toEqual(offered);
  });

  it.each(has('zsh') ? [['as a file of fpath'], ['sourced']] : [])(
    'in zsh, %s, is pressed for with the tab',
    async (how) => {
      const begin =
        how === 'sourced'
          ? `autoload -U compinit; compinit -u -D; source ${home}/functions/_dropsweep`
          : `fpath=(${home}/functions $fpath); autoload -U compinit; compinit -u -D`;
      const terminal = new PtyTerminal({
        ...{ columns: 80, rows: 24, environment },
        command: ['zsh', '-f', '-i'],
      });
      const shows = (what: string) => terminal.until((screen) => screen.some((line) => line.includes(what)), 20_000);
      try {
        terminal.press(`PS1='> '; cd ${home}; ${begin}; clear; echo rea''dy\r`);
        await shows('ready');
        for (const [typed, offered] of lines) {
          terminal.press(`clear\r`);
          terminal.press(`${typed}\t`);
          const [only = ''] = offered;
          if (offered.length === 1) await shows(`> ${typed.slice(0, typed.lastIndexOf(' ') + 1)}${only}`);
          else for (const one of offered) await shows(one);
          terminal.press('\u0003');
        }
      } finally {
        terminal.kill();
      }
    },
    60_000,
  );
});
