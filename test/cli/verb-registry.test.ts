import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandReference } from '../../src/cli/reference/command-reference.ts';
import type { Verb } from '../../src/cli/verb.ts';
import type { OutputColumn } from '../../src/cli/output/verb-output.ts';
import { verbs } from '../../src/cli/verbs.ts';
import { migrate } from '../../src/store/database/migrate.ts';
import { openStore } from '../../src/store/database/open-store.ts';
import { startTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { differences, wrongTypes } from './documented-output.ts';
import { finishedSweep } from './finished-sweep.ts';
import { runInProcess } from './run-in-process.ts';

const project = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'dropsweep-verbs-'));
let database: TestDatabase;

/** A command line of each verb that answers with rows, over sweeps `s`, which has ended, and `t`, which has not. */
const calls: Readonly<Record<string, readonly string[]>> = {
  launch: ['--dry-run', join(folder, 'sweep.yaml')],
  init: ['--data', join(folder, 'many.csv'), '--out', join(folder, 'written.yaml'), '--force'],
  ls: [],
  show: ['s'],
  best: ['s'],
  pareto: ['s'],
  compare: ['s', '1', '2'],
  explain: ['s', '1'],
  replay: ['s'],
  logs: ['s'],
  wait: ['s'],
  notify: ['s', '--command', 'true'],
  pause: ['t'],
  drain: ['t'],
  retry: ['s'],
  set: ['t', 'priority=2', 'parallelism=3'],
  cancel: ['t'],
  down: [],
  gc: ['--dry-run', '--history', '90'],
  pin: ['s', '1'],
  tag: ['s', 'paper'],
  note: ['s', 'a note'],
  config: [],
  doctor: [],
  migrate: [],
  data: [join(folder, 'sweep.yaml')],
  score: ['squad', '--dataset', join(folder, 'squad.json'), '--predictions', join(folder, 'predictions.json')],
};
/** They start servers, or need a trained model: predict, auto-end-to-end, sweep-life and generation are tests of their own. */
const notRun = ['up', 'start', 'resume', 'generate', 'auto', 'predict', 'merge'];

beforeAll(async () => {
  database = await startTestDatabase();
  const store = openStore(database.databaseUrl);
  await migrate(store);
  await finishedSweep(store);
  await store.close();
  Object.assign(process.env, { DATABASE_URL: database.databaseUrl, DROPSWEEP_DATA: join(folder, 'data') });
  writeFileSync(join(folder, 'rows.csv'), 'text,label\ngood,1\nbad,0\nso so,1\n');
  const many = Array.from({ length: 40 }, (_, row) => `a film of ${row},${row % 2 === 0 ? 'good' : 'bad'}`);
  writeFileSync(join(folder, 'many.csv'), `text,label\n${many.join('\n')}\n`);
  writeFileSync(
    join(folder, 'sweep.yaml'),
    'name: rows\nbase: some/model\ntask:\n  kind: text-classification\n  data: {train: ./rows.csv, dev: ./rows.csv, text: text, label: label}\nspace: {p: [0]}\n',
  );
  const answers = [{ text: 'Paris', answer_start: 0 }];
  const paragraphs = [{ context: 'Paris', qas: [{ id: 'a', question: 'Where?', answers }] }];
  writeFileSync(join(folder, 'squad.json'), JSON.stringify({ version: '1.1', data: [{ title: 't', paragraphs }] }));
  writeFileSync(join(folder, 'predictions.json'), JSON.stringify({ a: 'Paris' }));
});
afterAll(async () => {
  delete process.env['DATABASE_URL'];
  delete process.env['DROPSWEEP_DATA'];
  await database.drop();
});

const withRows = verbs.filter(({ output }) => output.kind === 'rows');

function columnsOf(verb: Verb): { readonly columns: readonly OutputColumn[]; readonly facts: readonly OutputColumn[] } {
  if (verb.output.kind !== 'rows') throw new Error(`${verb.name} has no rows`);
  return { columns: verb.output.columns, facts: verb.output.facts ?? [] };
}

/** Of `compare`: sweeps have columns of their own, in place of those of trials. */
const ofSweeps = new Set(['method']);

describe('every verb', () => {
  const ofSweep = verbs.filter(({ name, words }) => /^\[?SWEEP/.test(words) && !notRun.includes(name));

  it.each(ofSweep.map(({ name, examples }) => [name, examples] as const))(
    '%s tells a sweep that is not there, and the nearest that is',
    async (name, examples) => {
      const example = examples.find((one) => one.includes(' my-sweep')) ?? `dropsweep ${name} my-sweep`;
      const [, ...typed] = example.replace('my-sweep', 'finishde').match(/(?:'[^']*'|"[^"]*"|\S)+/g) ?? [];
      const { status, stdout, stderr } = await runInProcess(typed);
      expect(stderr).toContain('SWEEP_NOT_FOUND: there is no sweep named finishde; did you mean finished?');
      expect([status, stdout]).toEqual([1, '']);
    },
  );

  it('says what is wrong with a command line, and where help is', async () => {
    expect((await runInProcess(['wait', 's', '--timeout', 'soon'])).stderr).toMatch(
      /^USAGE: Failed to parse "soon" for timeout: not a count\n {2}got: soon[^]*to do: dropsweep wait --help/,
    );
    expect((await runInProcess(['explain', 's'])).stderr).toContain('to do: dropsweep explain --help');
  });

  it('that waits says by its status how that ended', async () => {
    expect(await runInProcess(['wait', 's'])).toMatchObject({ status: 0 });
    expect(await runInProcess(['wait', 't', '--timeout', '1'])).toMatchObject({
      status: 5,
      stdout: '',
      stderr: expect.stringContaining('t is still running after 1 s'),
    });
  });

  it('is told in docs/commands.md', () => {
    expect(readFileSync(join(project, 'docs/commands.md'), 'utf8')).toBe(commandReference(verbs));
  });

  it('answers by --format as a table, JSON or CSV, or says why not', () => {
    const without = verbs.filter(({ flagFacts }) => {
      const formats = flagFacts.find(({ name }) => name === '--format')?.value?.split('|') ?? [];
      return !['table', 'json', 'csv'].every((format) => formats.includes(format));
    });
    expect(without.flatMap(({ name, output }) => (output.kind === 'rows' ? [name] : []))).toEqual([]);
    for (const { name, output } of without)
      expect([name, output.kind === 'rows' ? '' : output.why]).toEqual([name, expect.stringMatching(/^[A-Z].*\.$/)]);
    expect(verbs.filter(({ output }) => output.kind !== 'rows')).toEqual(without);
  });

  it('that answers with rows is run here', () => {
    expect([...Object.keys(calls), ...notRun].sort()).toEqual(withRows.map(({ name }) => name).sort());
  });

  it.each(Object.entries(calls))('%s says in JSON and CSV what its documentation tells', async (name, words) => {
    const verb = verbs.find((known) => known.name === name);
    if (verb === undefined) throw new Error(`no verb ${name}`);
    const { columns, facts } = columnsOf(verb);
    const told = columns.filter((column) => !ofSweeps.has(column.name));
    const json = await runInProcess([name, ...words, '--format', 'json']);
    expect([json.status, json.stderr.includes('Error')]).toEqual([name === 'doctor' ? json.status : 0, false]);
    const { rows, ...beside } = JSON.parse(json.stdout) as { readonly rows: readonly Record<string, unknown>[] };
    expect(rows.length).toBeGreaterThan(0);
    expect(differences(told, Object.keys(rows[0] ?? {}))).toEqual([]);
    expect(differences(facts, Object.keys(beside))).toEqual([]);
    expect([...rows.flatMap((row) => wrongTypes(told, row)), ...wrongTypes(facts, beside)]).toEqual([]);
    const csv = await runInProcess([name, ...words, '--format', 'csv']);
    const head = csv.stdout.split('\n')[0]?.split(',') ?? [];
    expect(head).toEqual(Object.keys(rows[0] ?? {}));
    const table = await runInProcess([name, ...words]);
    expect(table.stdout).not.toContain('\u001B');
    expect(table.stdout.length).toBeGreaterThan(0);
  });

  it('ends quietly, with status 0, where its reader has closed the pipe', { timeout: 120_000 }, async () => {
    const main = join(project, 'dist/cli/main.js');
    const close = async ({ name, output }: Verb): Promise<readonly [string, unknown, string]> => {
      const words = output.kind === 'rows' && calls[name] !== undefined ? calls[name] : ['--help'];
      const child = spawn(process.execPath, [main, name, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
      child.stdout.destroy();
      const [said, [status]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
      return [name, status, said.replaceAll(/^(Notice|Stopping|s waits).*\n/gm, '')];
    };
    const left = [...verbs];
    const wrong: unknown[] = [];
    const worker = async (): Promise<void> => {
      for (let verb = left.shift(); verb !== undefined; verb = left.shift()) {
        const [name, status, said] = await close(verb);
        if (status !== 0 || said !== '') wrong.push([name, status, said]);
      }
    };
    await Promise.all([worker(), worker(), worker()]);
    expect(wrong).toEqual([]);
  });
});

describe('a word that is nearly right is named: of', () => {
  const near = async (...words: string[]) => {
    const { status, stderr } = await runInProcess(words);
    return [status, /did you mean (.*?)\?/.exec(stderr)?.[1]] as const;
  };

  it.each(verbs.map(({ name }) => name).filter((name) => name.length > 3))('the verb %s', async (name) => {
    const [, said] = await near(`${name.slice(0, -1)}${name.slice(-1)}${name.slice(-1)}`);
    expect(said).toContain(`\`${name}\``);
  });

  it.each(
    verbs.flatMap(({ name, flags }) => {
      const longest = [...flags].sort((a, b) => b.length - a.length)[0];
      return longest === undefined ? [] : [[name, longest] as const];
    }),
  )('%s, the flag %s', async (name, flag) => {
    const [status, said] = await near(name, `${flag}x`);
    expect(status).toBeLessThan(0);
    expect(said).toContain(flag);
  });

  it.each(
    [
      'show',
      'best',
      'pareto',
      'explain',
      'replay',
      'logs',
      'wait',
      'pause',
      'tag',
      'note',
      'notify',
      'report',
      'export',
    ].map((name) => [name]),
  )('a sweep that %s is asked for', async (name) => {
    const words = name === 'explain' ? ['1'] : [];
    expect(await near(name, 'finishd', ...words)).toEqual([1, 'finished']);
  });

  it.each([
    ['best', 's', '--by', 'acuracy'],
    ['show', 's', '--sort', 'acuracy'],
    ['show', 's', '--where', 'acuracy>0.5'],
  ])('a metric: %s %s %s %s', async (...words) => {
    expect(await near(...words)).toEqual([2, 'accuracy']);
  });
});

describe('what cannot be', () => {
  it('is said in one error: a report without results, a trial that there is not, a column that nobody knows', async () => {
    for (const [words, status, said] of [
      [['report', 't'], 2, 'the sweep t has no results to report yet'],
      [['explain', 's', '99'], 1, 'the sweep s has no trial 99'],
      [['retry', 's', '1', '99'], 1, 'the sweep s has no trial 99'],
      [['retry', 's', 'x'], 2, 'not the number of a trial'],
      [['retry', 's', '--failed', '1'], 2, 'which trainings are meant is said twice'],
      [['pin', 's', '99'], 1, 'the sweep s has no trial 99'],
      [['show', 's', '--where', 'nonsense>1'], 2, 'there is no column nonsense'],
      [['show', 's', '--sort', 'nonsense'], 2, 'trials cannot be sorted by this'],
      [['notify', 's', '--webhook', 'ftp://x'], 2, 'this is no webhook'],
      [['notify', 's', '--command', 'true', '--on', 'never'], 2, 'this is no condition'],
      [['notify', 's', '--remove', '99'], 2, 'the sweep s has no notice 99'],
      [['report', 's', '--figure', 'front', '--format', 'html'], 2, 'html is no format of a figure'],
      [['report', 's', '--out', join(folder, 'r.docx')], 2, 'a report cannot be written as .docx'],
      [['launch', join(folder, 'sweep.yaml'), '--format', 'json'], 2, 'a sweep is shown to people until it ends'],
      [['resume', 's', '--format', 'csv'], 2, 'a sweep is shown to people until it ends'],
      [['start', '--format', 'json'], 2, 'a sweep is shown to people until it ends'],
    ] as const) {
      const run = await runInProcess(words);
      expect([words, run.status, run.stdout]).toEqual([words, status, '']);
      expect(run.stderr).toContain(said);
    }
  });

  it.each([
    [['export', 's', '--split', 'train', '--members'], '--split and --members', '--predictions TRIAL'],
    [['export', 's', '--metrics', '--set', 'other'], '--set', '--predictions TRIAL'],
    [['export', 's', '--adapter', '1', '--out', 'a', '--format', 'csv'], '--format', 'an adapter is a folder'],
    [['export', 's', '--predictions', '1', '--format', 'benchmark', '--members'], '--members', 'a benchmark'],
    [['notify', 's', '--on', 'best'], '--on', '--webhook or --command'],
    [['tag', 's', '--remove'], '--remove', 'the tags'],
    [['score', 'squad', '--dataset', 'a', '--predictions', 'b', '--threshold', '0.5'], '--threshold', '--no-answer'],
  ])('is refused, not passed over: what flags of %j mean nothing beside the others', async (words, got, expected) => {
    const run = await runInProcess(words);
    expect([run.status, run.stdout]).toEqual([2, '']);
    expect(run.stderr).toContain(`a flag means nothing here\n  got: ${got}\n  expected: ${expected}`);
  });

  it('is said in one error: a database that a newer dropsweep wrote, or an older one', async () => {
    const store = openStore(database.databaseUrl);
    await sql`insert into kysely_migration (name, timestamp) values ('9999-from-tomorrow', 'now')`.execute(store.db);
    for (const name of ['ls', 'show', 'report', 'gc', 'notify']) {
      const run = await runInProcess(name === 'notify' ? [name, 's'] : [name]);
      expect([name, run.status, run.stdout]).toEqual([name, 1, '']);
      expect(run.stderr).toContain('SERVICE_UNAVAILABLE: the database was written by a newer dropsweep');
    }
    await sql`delete from kysely_migration where name >= '0016'`.execute(store.db);
    expect((await runInProcess(['ls'])).stderr).toContain('bring it up to date: dropsweep migrate');
    await store.close();
  });
});
