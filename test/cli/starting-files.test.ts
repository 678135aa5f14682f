import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSweepFile } from '../../src/launch/read-sweep-file.ts';
import { emptyHome, runCli } from './run-cli.ts';

/** Somebody with a file of rows and no sweep file yet. */
describe('init', () => {
  const home = emptyHome();
  const csv = (name: string, header: string, row: (at: number) => string): string => {
    const file = join(home, name);
    writeFileSync(file, `${header}\n${Array.from({ length: 40 }, (_, at) => row(at)).join('\n')}\n`);
    return file;
  };

  it('writes a file that a launch takes, whatever the columns are called', async () => {
    const data = csv('Odd: data #1.csv', '"the text: #1","y [0]"', (at) => `"what ""is"" ${at} like",${at % 2}`);
    const out = join(home, 'sweep.yaml');
    const run = await runCli(home, ['init', '--data', data, '--label', 'y [0]', '--out', out]);
    expect(run.stderr).toBe('');
    expect(run.stdout).toContain('40 rows of 2 classes: 0 (20), 1 (20)');
    expect(readSweepFile(out)).toMatchObject({
      name: 'odd-data-1',
      task: { data: { train: data, columns: { text: 'the text: #1', label: 'y [0]' } } },
    });
    const again = await runCli(home, ['init', '--data', data, '--out', out]);
    expect(again).toMatchObject({ status: 2, stderr: expect.stringContaining('the file is there already') });
  });

  it('leaves nothing behind where the columns are not to be told, or no data is named', async () => {
    const data = csv('rows.csv', 'a,b', () => '1,1');
    const out = join(home, 'none.yaml');
    const run = await runCli(home, ['init', '--data', data, '--out', out]);
    expect(run).toMatchObject({ status: 2, stderr: expect.stringContaining('--text COLUMN --label COLUMN') });
    expect((await runCli(home, ['init', '--out', out])).stderr).toContain('no data is named');
    expect(existsSync(out)).toBe(false);
  });

  it('has a search for auto, with a budget, that a launch takes too', async () => {
    const { writeStarter } = await import('../../src/cli/verbs/init/init.ts');
    const data = csv('stars.csv', 'text,stars', (at) => `a film like ${at} others,${at / 8}`);
    const out = join(home, 'auto.yaml');
    const base = 'sentence-transformers/all-MiniLM-L6-v2';
    const definition = await writeStarter({ data, base, out, hours: 0.5 });
    expect(definition).toMatchObject({
      budget: { hours: 0.5 },
      scheduler: { kind: 'racing' },
      search: { kind: 'tpe' },
    });
    expect(readFileSync(out, 'utf8')).toContain('each with a number to be told');
  });
});
