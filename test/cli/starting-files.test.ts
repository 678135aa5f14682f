import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSweepFile } from '../../src/launch/read-sweep-file.ts';
import { emptyHome, runCli } from './run-cli.ts';

const base = 'sentence-transformers/all-MiniLM-L6-v2';

function rowsOf(header: string, row: (at: number) => string): string {
  return `${header}\n${Array.from({ length: 40 }, (_, at) => row(at)).join('\n')}\n`;
}

/** Somebody with a file of rows and no sweep file yet. */
describe('init', () => {
  const home = emptyHome();
  const csv = (name: string, header: string, row: (at: number) => string): string => {
    const file = join(home, name);
    writeFileSync(file, rowsOf(header, row));
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
    const { starterOf } = await import('../../src/cli/verbs/init/starter-of.ts');
    const { lookAtData } = await import('../../src/launch/data/look-at-data.ts');
    const { checkSweepText } = await import('../../src/launch/read-sweep-file.ts');
    const data = csv('stars.csv', 'text,stars', (at) => `a film like ${at} others,${at / 8}`);
    const out = join(home, 'auto.yaml');
    const content = starterOf(await lookAtData(data), { data, named: {}, base, out, hours: 0.5 });
    expect(checkSweepText(content, out)).toMatchObject({
      budget: { hours: 0.5 },
      scheduler: { kind: 'racing' },
      search: { kind: 'tpe' },
    });
    expect(content).toContain('each with a number to be told');
  });
});

describe('auto', () => {
  const home = emptyHome();
  const out = join(home, 'out');
  const data = join(home, 'rows.csv');
  const file = join(out, 'sweep.yaml');
  const auto = (...flags: string[]) => runCli(home, ['auto', '--data', data, '--out', out, ...flags]);

  it('leaves nothing behind that the next attempt would take for its own', async () => {
    writeFileSync(
      data,
      rowsOf('text,y', (at) => `mail ${at},${at % 2}`),
    );
    const refused = await auto('--label', 'z');
    expect(refused).toMatchObject({ status: 2, stderr: expect.stringContaining('there is no column z') });
    const noModel = await auto('--label', 'y', '--base', join(home, 'nowhere'));
    expect(noModel).toMatchObject({ status: 2, stderr: expect.stringContaining('there is no folder') });
    expect(existsSync(file)).toBe(false);
  });

  it('never runs the sweep file of other data or settings', async () => {
    mkdirSync(out, { recursive: true });
    writeFileSync(file, 'name: other\n');
    const other = await auto('--label', 'y');
    expect(other).toMatchObject({ status: 2, stderr: expect.stringContaining('sweep file of other data or settings') });
    expect(readFileSync(file, 'utf8')).toBe('name: other\n');
  });

  it('refuses a budget that no training fits into', async () => {
    const tiny = await auto('--label', 'y', '--hours', '1e-6', '--force');
    expect(tiny).toMatchObject({ status: 2, stderr: expect.stringContaining('a single training takes longer') });
    expect(readFileSync(file, 'utf8')).toBe('name: other\n');
  });
});
