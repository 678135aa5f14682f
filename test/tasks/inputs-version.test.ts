import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { inputsVersion } from '../../src/tasks/inputs-version.ts';
import { filesUnder, projectRoot, readSourceFiles } from '../architecture/source-files.ts';
import { meaningOf, runFiles } from '../support/source-meaning.ts';

/** The version of what tasks make of rows, and what it was made by. */
const written = { version: 7, sources: '3a352a2d71115456', tokenizers: '0.23.2', jinja: '0.5.11' };

it('the version of inputs rises with what makes them: those that another version kept are made again', () => {
  const tasks = filesUnder('src/tasks');
  const encoders = tasks.filter((file) => file.endsWith('/encode.ts'));
  const made = runFiles([...encoders, 'src/tasks/text-rows.ts', 'src/data/kept-inputs.ts'], ['src/tasks', 'src/data']);
  const asTheySay = readSourceFiles(['src/tasks']).filter(({ path: file }) =>
    /^src\/tasks\/[^/]+\/task\.ts$/.test(file),
  );
  expect(asTheySay.length).toBeGreaterThan(6);
  const manifest: { dependencies: Record<string, string> } = JSON.parse(
    readFileSync(path.join(projectRoot, 'package.json'), 'utf8'),
  );
  const { tokenizers, '@huggingface/jinja': jinja } = manifest.dependencies;
  const now = { version: inputsVersion, sources: meaningOf([...made, ...asTheySay]), tokenizers, jinja };
  expect(now, 'raise inputsVersion in src/tasks/inputs-version.ts, and write all of it down here').toEqual(written);
});
