import { accessSync, constants, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { emptyHome, runCli } from './run-cli.ts';

const examples = resolve(import.meta.dirname, '../../examples');

describe('the command line', () => {
  it('can be run as the program that package.json names, however often it was built', async () => {
    const { default: product } = await import('../../package.json', { with: { type: 'json' } });
    const program = resolve(import.meta.dirname, '../..', product.bin.dropsweep);
    expect(() => accessSync(program, constants.X_OK)).not.toThrow();
  });

  it('says everything that is wrong with a sweep file, creates nothing, and ends with status 2', async () => {
    const home = emptyHome();
    const file = join(home, 'broken.yaml');
    writeFileSync(file, 'name: mine\nbase: ./nowhere\nspace: {p: [0.5, 1.5]}\nsede: 1\n');
    const run = await runCli(home, ['launch', file]);
    expect(run).toEqual({
      status: 2,
      stdout: '',
      stderr: `SWEEP_FILE_INVALID: 4 problems in broken.yaml
  broken.yaml:1:1 task: is missing; expected what to train on: kind and data
  broken.yaml:2:7 base: there is no folder ${home}/nowhere
  broken.yaml:3:18 space.p[1]: got 1.5, expected a number in [0, 1)
  broken.yaml:4:1 sede: unknown key; known are recipe, name, base, init_adapter, task, search, space, training, evaluation, scheduler, objectives, parallelism, priority, device, trainer, simulation
`,
    });
    expect(readdirSync(home)).toEqual(['broken.yaml']);
  });

  it('says which row of the data is wrong before anything is created', async () => {
    const home = emptyHome();
    for (const name of ['train.csv', 'dev.csv']) writeFileSync(join(home, name), 'sentence,label\ngood,1\n,0\n');
    const data = '{train: ./train.csv, dev: ./dev.csv, text: sentence, label: label}';
    const file = join(home, 'sweep.yaml');
    writeFileSync(file, `name: mine\nbase: some/model\ntask:\n  kind: text-classification\n  data: ${data}\n`);
    const run = await runCli(home, ['launch', file]);
    expect(run.status).toBe(2);
    expect(run.stderr).toContain('DATA_INVALID: a row has no text in sentence');
    expect(run.stderr).toContain('train.csv:3');
    expect(readdirSync(home).sort()).toEqual(['dev.csv', 'sweep.yaml', 'train.csv']);
  });

  it('says what launching would cost on a dry run, and starts nothing', async () => {
    const home = emptyHome();
    const run = await runCli(home, ['launch', '--dry-run', join(examples, 'quickstart.yaml')]);
    expect(run.stderr).toBe('');
    expect(run.status).toBe(0);
    const steady = run.stdout
      .replace(/predicted time: .*/, 'predicted time: …')
      .replace(/first row: .*/, 'first row: …');
    expect(steady).toBe(
      `Sweep quickstart: sentence-transformers/all-MiniLM-L6-v2, rows: 96 train, 400 dev
  26 trials = 10 trainings with 26 evaluations
  10 points merged: settings that have no effect without dropout
  reused trainings: not known before the database is up
  predicted time: …
  classes in the order of the logits: ham (56), spam (40)
  the first row: …
  sentence-transformers/all-MiniLM-L6-v2 is not on this machine yet: launching fetches it
Dry run: nothing was started.
`,
    );
    expect(readdirSync(home)).toEqual([]);
  });

  it('says on a dry run already what a base on this machine lacks', async () => {
    const home = emptyHome();
    writeFileSync(join(home, 'model.onnx'), '');
    for (const name of ['train.csv', 'dev.csv']) writeFileSync(join(home, name), 'sentence,label\ngood,1\nbad,0\n');
    const data = '{train: ./train.csv, dev: ./dev.csv, text: sentence, label: label}';
    const file = join(home, 'sweep.yaml');
    writeFileSync(file, `name: mine\nbase: ./model.onnx\ntask:\n  kind: text-classification\n  data: ${data}\n`);
    const run = await runCli(home, ['launch', '--dry-run', file]);
    expect(run.stderr).toContain(`MODEL_NOT_FOUND: the base model lacks a file\n  where: ${home}/tokenizer.json`);
    expect(run.status).not.toBe(0);
  });

  it('lets nothing that was typed, or stands in a file’s name, steer the terminal', async () => {
    const home = emptyHome();
    const steering = 'a\u001B[2Jb';
    for (const args of [
      [steering],
      ['launch', `${steering}.yaml`],
      ['best', '--limit', steering],
      ['ls', `--${steering}`],
    ]) {
      const run = await runCli(home, args);
      expect([args, run.status]).toEqual([args, 2]);
      expect(run.stderr).toContain('a\\u001b[2Jb');
      expect(`${run.stdout}${run.stderr}`).not.toContain('\u001B');
    }
  });

  it('ends with status 2 for a verb that does not exist, naming the nearest', async () => {
    const run = await runCli(emptyHome(), ['lanch']);
    expect(run).toEqual({
      status: 2,
      stdout: '',
      stderr: 'USAGE: there is no verb lanch; did you mean `launch`?\n  to do: dropsweep --help lists them\n',
    });
  });

  it('reads nothing where no database is up, and starts none', async () => {
    const home = emptyHome();
    for (const verb of ['ls', 'show', 'pareto', 'wait']) {
      const run = await runCli(home, [verb]);
      expect(run.status).toBe(1);
      expect(run.stdout).toBe('');
      expect(run.stderr).toContain('SERVICE_UNAVAILABLE: no database is up on this machine');
    }
    expect(readdirSync(home)).toEqual([]);
  });

  it('says in its own words that a database cannot be reached, without its password', async () => {
    const environment = { DATABASE_URL: 'postgres://me:secret@127.0.0.1:1/sweeps' };
    const run = await runCli(emptyHome(), ['ls'], { environment });
    expect(run).toEqual({
      status: 1,
      stdout: '',
      stderr: `SERVICE_UNAVAILABLE: the database does not answer as it should
  where: postgres://me@127.0.0.1:1/sweeps
  got: connect ECONNREFUSED 127.0.0.1:1
  to do: start it, or dropsweep up for this machine’s own
`,
    });
  });

  it('helps without loading the engine, Temporal, the database or the dashboard', async () => {
    const loader = `import { writeSync } from 'node:fs'; export async function resolve(name, context, next) { const found = await next(name, context); writeSync(2, found.url + '\\n'); return found; }`;
    const inline = (code: string): string => `data:text/javascript,${encodeURIComponent(code)}`;
    const register = `import { register } from 'node:module'; register(${JSON.stringify(inline(loader))});`;
    const run = await runCli(emptyHome(), ['--help'], { nodeArgs: ['--import', inline(register)] });
    expect(run.status).toBe(0);
    expect(run.stdout).toContain('dropsweep launch [--dry-run] [--detach] [--format table|json|csv] <sweep.yaml>');
    // The framework is in the bundle, and so is kysely: in the file of what opens the record.
    expect(run.stderr).toContain('dist/cli/main.js');
    expect(run.stderr).not.toMatch(/dist\/cli\/build-\w+\/(open-store|open-record|run-dashboard)-/);
    expect(run.stderr).not.toMatch(/node_modules\/(onnxruntime-node|@temporalio|ink|react|kysely|pg|tokenizers)\//);
  });
});
