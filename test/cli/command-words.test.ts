import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { verbs } from '../../src/cli/verbs.ts';
import { demandFree } from '../../src/cli/reading/demand-free.ts';
import { configVerb } from '../../src/cli/verbs/config/config-verb.ts';
import { settings } from '../../src/cli/settings.ts';
import { emptyHome, runCli } from './run-cli.ts';

const { version } = JSON.parse(readFileSync(resolve(import.meta.dirname, '../../package.json'), 'utf8')) as {
  readonly version: string;
};

describe('help', () => {
  it('is a verb and a flag, of the whole and of one verb, each with its example', async () => {
    const home = emptyHome();
    const [asVerb, asFlag] = [await runCli(home, ['help']), await runCli(home, ['--help'])];
    expect(asVerb).toEqual(asFlag);
    for (const { name } of verbs) expect(asVerb.stdout).toMatch(new RegExp(`\\n  ${name} +\\S`));
    const launch = await runCli(home, ['help', 'launch']);
    expect(launch).toEqual(await runCli(home, ['launch', '--help']));
    expect(launch.stdout).toContain('\n  dropsweep launch --dry-run sweep.yaml\n');
  });

  it('tells the version by -V and --version', async () => {
    const home = emptyHome();
    for (const flag of ['-V', '--version'])
      expect(await runCli(home, [flag])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('gives examples that are of the verb and name only flags that it has', () => {
    for (const { name, flags, examples } of verbs) {
      for (const example of examples) {
        expect(example).toContain(`dropsweep ${name}`);
        const used = [...example.matchAll(/ (--[a-z-]+)/g)].map((match) => match[1]);
        expect(flags).toEqual(expect.arrayContaining(used));
      }
    }
  });

  it('names the nearest flag, and refuses a shell that it does not know', async () => {
    const home = emptyHome();
    const flag = await runCli(home, ['best', '--lmit', '3']);
    expect([flag.status, flag.stderr]).toEqual([
      2,
      'USAGE: best has no flag --lmit; did you mean --limit?\n  to do: dropsweep best --help lists them\n',
    ]);
    const shell = await runCli(home, ['completion', 'csh']);
    expect(shell.status).toBe(2);
    expect(shell.stderr).toContain('expected: bash, zsh, fish');
  });
});

describe('a place to write to', () => {
  it('is not written over unasked', async () => {
    const home = emptyHome();
    const file = join(home, 'trials.csv');
    writeFileSync(file, 'mine');
    const run = await runCli(home, ['export', '--out', file]);
    expect(run.status).toBe(2);
    expect(run.stderr).toContain('USAGE: the file is there already');
    expect(run.stderr).toContain('--force');
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect(() => demandFree(home, false)).toThrow('the folder holds something already');
    expect(() => demandFree(home, true)).not.toThrow();
    mkdirSync(join(home, 'empty'));
    for (const free of [join(home, 'empty'), join(home, 'nothing'), '/dev/null'])
      expect(() => demandFree(free, false)).not.toThrow();
  });
});

describe('config', () => {
  it('says where each setting comes from, and shows no secret', async () => {
    const run = await runCli(emptyHome(), ['config', '--format', 'json'], {
      environment: {
        DATABASE_URL: 'postgres://me:secret@127.0.0.1:1/sweeps',
        HF_TOKEN: 'hf_hidden',
        DROPSWEEP_SLOTS: '3',
      },
    });
    expect(run.stdout).not.toMatch(/secret|hf_hidden/);
    const { rows } = JSON.parse(run.stdout) as { readonly rows: readonly Readonly<Record<string, string | null>>[] };
    const row = (setting: string) => rows.find((each) => each['setting'] === setting);
    expect(row('DROPSWEEP_SLOTS')).toMatchObject({
      value: '3',
      source: 'environment',
      flag: 'worker --slots',
      file: null,
    });
    expect(row('DROPSWEEP_DEVICE')).toMatchObject({ value: 'cpu', source: 'default', file: 'device' });
    expect(row('HF_TOKEN')).toMatchObject({ value: '(set)', source: 'environment', flag: null });
  });

  it('names flags that there are, of which each tells of its variable', () => {
    const named = settings.flatMap(({ flag }) => (flag === undefined ? [] : [flag]));
    expect(named.length).toBeGreaterThan(2);
    for (const flag of named) {
      const [verb, name] = flag.split(' ');
      const found = verbs.find((each) => each.name === verb)?.flagFacts.map((fact) => fact.name);
      expect(found, flag).toContain(name);
      expect(configVerb.flags, flag).toContain(name);
    }
  });
});
