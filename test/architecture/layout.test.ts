import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesUnder, projectRoot, readSourceFiles } from './source-files.ts';

const codeFolders = ['src', 'workflows', 'activities', 'migrations', 'test', 'bench'];
const files = readSourceFiles(codeFolders.filter((folder) => existsSync(path.join(projectRoot, folder))));

/** Folders directly in `folder` that hold a file. */
function foldersIn(folder: string): readonly string[] {
  return readdirSync(path.join(projectRoot, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && filesUnder(`${folder}/${entry.name}`).length > 0)
    .map((entry) => `${folder}/${entry.name}`)
    .sort();
}

function lineCount(file: string): number {
  return readFileSync(path.join(projectRoot, file), 'utf8').trimEnd().split('\n').length;
}

describe(`the layout (${files.length} files)`, () => {
  it('is looked at', () => {
    expect(files.length).toBeGreaterThan(0);
  });

  it('gives each folder of src a README of at most 20 lines', () => {
    const wrong = foldersIn('src').filter((folder) => {
      const readme = `${folder}/README.md`;
      return !existsSync(path.join(projectRoot, readme)) || lineCount(readme) > 20;
    });
    expect(wrong).toEqual([]);
  });

  it('is what ARCHITECTURE.md lists, folder by folder', () => {
    const text = readFileSync(path.join(projectRoot, 'ARCHITECTURE.md'), 'utf8');
    const listed = [...text.matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1]);
    const top = ['workflows', 'activities', 'migrations', 'test', 'bench', 'examples', 'docs'];
    const existing = top.filter(
      (folder) => existsSync(path.join(projectRoot, folder)) && filesUnder(folder).length > 0,
    );
    expect(new Set(listed)).toEqual(new Set([...foldersIn('src'), ...existing]));
    expect(listed).toHaveLength(new Set(listed).size);
  });

  it('names files in kebab-case', () => {
    const wrong = files
      .filter((file) => !file.path.includes('/generated/'))
      .map((file) => path.basename(file.path))
      .filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.test)?\.tsx?$/.test(name));
    expect(wrong).toEqual([]);
  });

  it('keeps files within 300 lines, generated ones excepted', () => {
    const wrong = files
      .map((file) => file.path)
      .filter((file) => !file.includes('/generated/') && lineCount(file) > 300)
      .map((file) => `${file}: ${lineCount(file)} lines`);
    expect(wrong).toEqual([]);
  });

  it('leaves nothing for later and silences no checker', () => {
    const forbidden = /\bTODO\b|\bFIXME\b|@ts-ignore|@ts-nocheck|\bas unknown as\b|\bas any\s*[;,)\]>]/;
    const wrong = files.filter(
      ({ text, path: file }) => file !== 'test/architecture/layout.test.ts' && forbidden.test(text),
    );
    expect(wrong.map((file) => file.path)).toEqual([]);
  });

  it('writes what people see through one function, which escapes what could steer a terminal', () => {
    // The command line's own say and note, and the screen, which places a cursor on purpose.
    const places = new Set(['src/cli/cli-context.ts', 'src/dashboard/terminal/terminal-screen.ts']);
    // A program in a string, whose output is read by its parent.
    places.add('src/runtime/devices/probe-devices.ts');
    const direct = /\bstd(out|err)\.write\((?!escapeControls\()|\bconsole\.(log|error|warn|info)\(/;
    const shown = files.filter(({ path: file }) => file.startsWith('src/'));
    expect(direct.test('process.stderr.write(text)')).toBe(true);
    expect(direct.test('process.stderr.write(escapeControls(text))')).toBe(false);
    expect(shown.filter(({ text }) => /\bstd(out|err)\.write\(/.test(text)).length).toBeGreaterThan(3);
    expect(
      shown.filter(({ path: file, text }) => !places.has(file) && direct.test(text)).map(({ path: file }) => file),
    ).toEqual([]);
  });
});
