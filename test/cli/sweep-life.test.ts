import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { testTemporalAddress } from '../support/temporal.ts';
import { type CliRun, emptyHome, runCli } from './run-cli.ts';

/**
 * One person's afternoon, each verb as a process of its own, on a simulated trainer: launch a file, wait for it, read
 * it, launch it again, change the file, extend the sweep, fork it, steer the fork.
 */
describe('the life of a sweep on the command line', () => {
  const home = emptyHome();
  const file = join(home, 'sweep.yaml');
  let database: TestDatabase;
  let environment: Record<string, string>;

  beforeAll(async () => {
    database = await startTestDatabase();
    environment = { DATABASE_URL: database.databaseUrl, TEMPORAL_ADDRESS: await testTemporalAddress() };
    writeFileSync(file, sweepFile('life', '[0, 0.5]'));
  });

  afterAll(async () => {
    await dropsweep('down');
    await database.drop();
  });

  const dropsweep = (...args: string[]): Promise<CliRun> => runCli(home, args, { environment });

  /** Standard output of a command that is to succeed. */
  async function told(...args: string[]): Promise<string> {
    const run = await dropsweep(...args);
    expect(run.stderr.replaceAll(/^(starting|bringing|using|up).*\n/gm, '')).toBe('');
    expect(run.status).toBe(0);
    return run.stdout;
  }

  async function read(...args: string[]): Promise<Record<string, unknown>> {
    const parsed: Record<string, unknown> = JSON.parse(await told(...args, '--format', 'json'));
    return parsed;
  }

  it('launches, and says what it will cost before it starts', async () => {
    const run = await dropsweep('launch', '--detach', file);
    expect(run.stdout).toContain('10 trials = 6 trainings with 10 evaluations');
    expect(run.stdout).toContain('6 points merged');
    expect(run.stdout).toContain('0 trainings reused');
    expect(run.stdout).toContain('SIMULATED');
    expect(run.status).toBe(0);
  });

  it('waits for the end with the outcome as status', async () => {
    expect(await told('wait', 'life', '--timeout', '100')).toContain('Sweep life: completed; 6 of 6 trainings done.');
  });

  it('reads the same trials as a table, as JSON and as CSV', async () => {
    expect(await told('show')).toContain('SIMULATED');
    const shown = await read('show', 'life');
    expect(shown).toMatchObject({ sweep: 'life', simulated: true, state: 'completed' });
    expect(shown['rows']).toHaveLength(10);
    const some = await read('show', 'life', '--where', 'p=0.5 state:succeeded', '--reverse', '--limit', '3');
    expect(some['rows']).toMatchObject([10, 9, 8].map((trial) => ({ trial, dropout_rate: 0.5 })));
    expect(await told('show', 'life', '--limit', '3')).toContain('Trials shown: 3 of 10.');
    for (const [flag, what, said] of [
      ['--where', 'p>0 acuracy>0.5', 'there is no column acuracy; did you mean accuracy?'],
      ['--sort', 'acuracy', 'trials cannot be sorted by this; did you mean accuracy?'],
    ] as const) {
      const refused = await dropsweep('show', 'life', flag, what);
      expect(refused.status).toBe(2);
      expect(refused.stderr).toContain(said);
    }
    expect((await told('export', 'life')).trim().split('\n')).toHaveLength(11);
    const out = join(home, 'life.json');
    await dropsweep('export', 'life', '--format', 'json', '--out', out);
    expect(JSON.parse(readFileSync(out, 'utf8'))).toMatchObject({
      simulated: true,
      launched_by: { dropsweep: '0.1.0' },
    });
    expect(await read('pareto', 'life')).toMatchObject({ simulated: true });
    expect(await read('best', 'life', '--by', 'ece')).toMatchObject({ objective: { metric: 'ece' } });
    expect(await told('compare', 'life', '1', '5')).toContain('dropout_rate');
    expect(await read('explain', 'life', '5')).toMatchObject({
      trial: 5,
      loss_by_step: [1, 2, 3, 4, 5].map((step) => ({ step, loss: expect.any(Number) })),
    });
    expect(await told('logs', 'life')).toContain('launched');
    const followed = (await told('logs', 'life', '--follow', '--format', 'json')).trim().split('\n');
    expect(followed.map((each): unknown => JSON.parse(each))).toContainEqual(
      expect.objectContaining({ kind: 'launched', trials: [] }),
    );
    expect(await told('ls')).toContain('life');
    expect(await told('watch', 'life')).toContain('Pareto front over accuracy, ECE, complexity');
  });

  it('attaches to the sweep that is there when the same file is launched again', async () => {
    const again = await dropsweep('launch', '--detach', file);
    expect(again.stdout).toContain('6 trainings reused');
    expect(again.stdout).toContain('The sweep life is there already: nothing is repeated.');
  });

  it('refuses another content under the name, and shows the difference', async () => {
    writeFileSync(file, sweepFile('life', '[0, 0.25]'));
    const run = await dropsweep('launch', '--detach', file);
    expect(run.status).toBe(2);
    expect(run.stderr).toContain('SWEEP_NAME_TAKEN: the sweep life is another one');
    expect(run.stderr).toContain('space.dropout_rate: [0, 0.5] → [0, 0.25]');
    expect(await read('show', 'life')).toMatchObject({ counts: { total: 6 } });
  });

  it('extends the sweep by a file that holds all of it and more', async () => {
    writeFileSync(file, sweepFile('life', '[0, 0.25, 0.5]'));
    expect((await dropsweep('resume', 'life', '--extend', file, '--detach')).status).toBe(0);
    expect(await told('wait', 'life', '--timeout', '100')).toContain('10 of 10 trainings done');
  });

  it('takes the parallelism of a file that differs in nothing else, and says so', async () => {
    writeFileSync(
      file,
      sweepFile('life', '[0, 0.25, 0.5]')
        .replace(/^parallelism: .*$/m, '')
        .concat('\nparallelism: 7\n'),
    );
    const launched = await dropsweep('launch', file, '--detach');
    expect(launched.stdout).toContain('The file says parallelism 7, and the sweep stays as it is');
    const run = await dropsweep('resume', 'life', '--extend', file, '--detach');
    expect(run.stdout).toContain('As the file says: parallelism 7.');
    expect(await told('logs', 'life')).toContain('parallelism');
  });

  it('forks it under another name, training nothing twice, and cancels what is no longer wanted', async () => {
    writeFileSync(file, sweepFile('life', '[0.5, 0.75]', 60_000));
    const fork = await dropsweep('resume', 'slow', '--fork', file, '--detach');
    expect(fork.status).toBe(0);
    expect(await told('pause', 'slow')).toContain('slow: pausing');
    expect(await told('resume', 'slow', '--detach')).toContain('slow: going on');
    expect(await told('cancel', 'slow')).toBe('slow: cancelled; finished trainings stay\n');
    expect((await dropsweep('wait', 'slow')).status).toBe(4);
    expect(await told('retry', '--failed', 'life')).toBe('life has no failed trainings\n');
    expect(await told('retry', 'life')).toBe('life has no failed trainings\n');
    expect(await told('retry', 'life', '1')).toContain('life has nothing to try again in 1 trial (1)');
  });

  it('ends with status 3 when trainings failed, and tries them again on demand', async () => {
    const failing = sweepFile('failing', '[0.5]').replace('steps: 5', 'steps: 5, failure_rate: 0.999');
    writeFileSync(file, failing);
    const run = await dropsweep('launch', file);
    expect(run.status).toBe(3);
    expect(run.stdout).toContain('4 diverged');
    expect(await told('retry', '--failed', 'failing')).toBe('failing: failed trainings are tried again\n');
    expect((await dropsweep('wait', 'failing', '--timeout', '100')).status).toBe(3);
    expect(await told('retry', 'failing', '1', '2')).toContain('failing: of 2 trials (1, 2) what failed');
    expect((await dropsweep('wait', 'failing', '--timeout', '100')).status).toBe(3);
    expect(await told('retry', 'failing')).toBe('failing: failed trainings are tried again\n');
    expect((await dropsweep('wait', 'failing', '--timeout', '100')).status).toBe(3);
  });

  it('tells programs what was launched, and what goes on', async () => {
    const launched = await dropsweep('launch', '--detach', file, '--format', 'json');
    expect(launched.stderr).toContain('The sweep failing is there already');
    expect(JSON.parse(launched.stdout)).toMatchObject({
      rows: [{ sweep: 'failing', launched: true, attached: true, trainings: 4, trials: 8 }],
    });
    const resumed = await dropsweep('resume', 'life', '--detach', '--format', 'json');
    expect(JSON.parse(resumed.stdout)).toMatchObject({ rows: [{ sweep: 'life', changed: false }] });
  });

  it('reports a sweep as a page and as one figure, and refuses what it cannot', async () => {
    const page = join(home, 'report.html');
    expect((await dropsweep('report', 'life', '--out', page)).stderr).toContain('a report of Sweep life');
    expect(readFileSync(page, 'utf8')).toContain('name: life\nbase: sentence-transformers');
    expect(readFileSync(page, 'utf8')).toMatch(/^<!doctype html>[\s\S]*SIMULATED[\s\S]*<\/html>\n$/);
    expect(await told('report', 'life', '--figure', 'front')).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
    const pdf = join(home, 'front.pdf');
    expect((await dropsweep('report', 'life', '--figure', 'front', '--out', pdf)).stderr).toContain('the figure front');
    expect(readFileSync(pdf, 'latin1')).toMatch(/^%PDF-1\.5/);
    const picture = await dropsweep('report', 'life', '--figure', 'front', '--out', join(home, 'front.png'));
    expect([picture.status, picture.stderr]).toEqual([2, expect.stringContaining('ends with .svg or .pdf')]);
    const whole = await dropsweep('report', 'life', '--format', 'pdf');
    expect([whole.status, whole.stderr]).toEqual([2, expect.stringContaining('with --figure NAME')]);
    const unknown = await dropsweep('report', 'life', '--figure', 'frnt');
    expect(unknown.stderr).toMatch(/USAGE: the report has no figure frnt; did you mean front\?/);
    expect(unknown.status).toBe(2);
    expect((await dropsweep('report', 'failing')).stderr).toContain(
      'USAGE: the sweep failing has no results to report',
    );
  });

  it('sets sweeps side by side', async () => {
    expect(await told('compare', 'life', 'slow')).toMatch(/LoRA Dropout .*\n[\s\S]*Differs: .*simulation/);
    const without = await dropsweep('report', 'life', 'slow', '--format', 'latex');
    expect(without.stderr).toContain('USAGE: the sweep slow has no results to report');
    expect(without.status).toBe(2);
  });

  it('is tagged and noted, as are its trials, and found by that', async () => {
    expect(await told('tag', 'life', 'paper')).toBe('life: paper\n');
    expect(await told('tag', 'life', 'odd', '--trial', '2')).toBe('Trial 2 of life: odd\n');
    expect(await told('note', 'life', 'seen twice')).toBe('life: seen twice\n');
    expect(await read('ls', '--tag', 'paper')).toMatchObject({ rows: [{ sweep: 'life', note: 'seen twice' }] });
    expect(await read('show', 'life', '--where', 'tag:odd')).toMatchObject({ rows: [{ trial: 2, tags: ['odd'] }] });
    expect((await dropsweep('tag', 'life', 'two words')).status).toBe(2);
    expect((await dropsweep('note', 'life', 'x', '--trial', '99')).stderr).toContain('has no trial 99');
  });

  it('removes the checkpoints that a budget has no room for, but those pinned or on the front, and no result', async () => {
    const front = await told('pareto', 'life');
    const { rows } = await read('show', 'life');
    expect(await told('pin', 'life', '1')).toContain('gc keeps its checkpoint');
    const dry = await told('gc', '--dry-run', '--budget', '1B', '--history', '1');
    expect(dry).toMatch(/Checkpoints of trainings that can be trained again: [1-9]\d* would be removed/);
    expect(dry).toContain('0 attempts, 0 stretches of metrics and 0 events would be forgotten');
    expect(await told('gc', '--budget', '1B')).toBe(
      dry
        .replaceAll('would be removed', 'removed')
        .replace('would stay', 'stay')
        .replace(/Of trainings.*\n/, ''),
    );
    expect(await told('gc', '--budget', '1B')).toContain('can be trained again: 0 removed');
    expect(await told('pareto', 'life')).toBe(front);
    expect(await read('show', 'life')).toMatchObject({ rows });
    expect((await dropsweep('gc', '--budget', 'much')).status).toBe(2);
  });
});

function sweepFile(name: string, rates: string, stepMs = 1): string {
  return `name: ${name}
base: sentence-transformers/all-MiniLM-L6-v2
trainer: simulated
simulation: {steps: 5, step_ms: ${stepMs}}
task:
  kind: text-classification
  data: {package: spam-assassin}
  train_rows: 32
  dev_rows: 32
space: {p: ${rates}, N: [1, 2], M: [1, 4], seed: [0, 1]}
parallelism: 2
`;
}
