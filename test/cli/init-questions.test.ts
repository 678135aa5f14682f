import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { initVerb } from '../../src/cli/verbs/init/init-verb.ts';
import { starterQuestions } from '../../src/cli/verbs/init/starter-questions.ts';
import { readSweepFile } from '../../src/launch/read-sweep-file.ts';
import { PtyTerminal } from '../support/pty-terminal.ts';
import { emptyHome } from './run-cli.ts';

const main = resolve(import.meta.dirname, '../../dist/cli/main.js');
const usual = 'sentence-transformers/all-MiniLM-L6-v2';

/** Somebody with rows whose columns leave doubts: two of texts, and stars that may be classes or a scale. */
const home = emptyHome();
const file = join(home, 'reviews.csv');
const rows = Array.from({ length: 40 }, (_, at) => `${at},a title of ${at},a body that says more of ${at},${at % 5}`);
writeFileSync(file, `id,title,body,stars\n${rows.join('\n')}\n`);

function init(...flags: readonly string[]) {
  const command = [process.execPath, main, 'init', ...flags];
  return new PtyTerminal({ columns: 160, rows: 60, command, environment: { HOME: home } });
}

/** Answers the question that the cursor stands behind. */
async function answered(terminal: PtyTerminal, question: string, answer: string): Promise<void> {
  await terminal.until((lines) => lines.findLast((line) => line !== '')?.includes(question) === true);
  terminal.press(`${answer}\r`);
}

describe('init on a terminal', () => {
  it('asks what no flag says and the data leaves open, and takes its guess at Enter', async () => {
    const out = join(home, 'asked.yaml');
    const terminal = init('--out', out);
    await answered(terminal, 'Which file holds the texts and labels?', join(home, 'nowhere.csv'));
    await terminal.until((lines) => lines.some((line) => line.includes('there is no such file')));
    await answered(terminal, 'Which file holds the texts and labels?', file);
    await answered(terminal, 'Which column holds the texts? (body, title) [body]', 'title');
    await answered(terminal, 'Labels are numbers: classes, or a scale?', 'text-regression');
    await answered(terminal, `Which base model, a hub id or a folder? [${usual}]`, '');
    await answered(terminal, 'Search for how many hours?', '2');
    await terminal.end();
    expect(readSweepFile(out)).toMatchObject({
      base: usual,
      task: { kind: 'text-regression', data: { train: file, columns: { text: 'title', label: 'stars' } } },
      budget: { hours: 2 },
    });
  });

  it('asks nothing that a flag has answered, and with --yes nothing at all', async () => {
    const out = join(home, 'flags.yaml');
    const flags = ['--data', file, '--text', 'body', '--task', 'text-classification', '--hours', 'none', '--out', out];
    const terminal = init(...flags, '--base', 'some/model');
    await terminal.end();
    expect((await terminal.screen()).join('\n')).not.toContain('?');
    expect(readSweepFile(out)).toMatchObject({ base: 'some/model', task: { kind: 'text-classification' } });
    const guessed = init('--data', file, '--yes', '--force', '--out', out);
    await guessed.end();
    expect((await guessed.screen()).join('\n')).not.toContain('?');
    expect(readSweepFile(out)).toMatchObject({ base: usual, task: { data: { columns: { text: 'body' } } } });
  });

  it('writes nothing where it is left before the last answer', async () => {
    const out = join(home, 'left.yaml');
    const terminal = init('--data', file, '--out', out);
    await terminal.until((lines) => lines.some((line) => line.includes('Which column holds the texts?')));
    terminal.press('\u0003');
    await terminal.until((lines) => lines.some((line) => line.includes('left before the last answer')));
    await terminal.end();
    expect(existsSync(out)).toBe(false);
  });

  it('has a flag for each of its questions', () => {
    expect(initVerb.flags).toEqual(expect.arrayContaining(starterQuestions.map(({ flag }) => flag)));
  });
});
