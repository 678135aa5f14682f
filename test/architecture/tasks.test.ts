import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { taskOf, taskSections } from '../../src/tasks/tasks.ts';
import { filesUnder, projectRoot, readSourceFiles } from './source-files.ts';

/** In a sweep file, and in what is stored. */
const names = taskSections.flatMap((section) => [section.kind, taskOf(section).recordedAs]);

it('no file outside src/tasks holds the name of a task', () => {
  expect(names.length).toBeGreaterThan(0);
  const files = readSourceFiles(['src', 'workflows', 'activities']).map((file) => file.path);
  const named = (file: string): readonly string[] => {
    const text = readFileSync(path.join(projectRoot, file), 'utf8');
    return names.filter((name) => new RegExp(`['"\`]${name}['"\`]`).test(text)).map((name) => `${file}: ${name}`);
  };
  expect(files.some((file) => file.startsWith('src/tasks/') && named(file).length > 0)).toBe(true);
  expect(files.filter((file) => !file.startsWith('src/tasks/')).flatMap(named)).toEqual([]);
});

it('a task is its folder and a line of the registry: nothing else imports from the folder', () => {
  const folders = filesUnder('src/tasks').flatMap((file) => /^src\/tasks\/([^/]+)\/task\.ts$/.exec(file)?.[1] ?? []);
  expect([...folders].sort()).toEqual(taskSections.map(({ kind }) => kind).sort());
  const inside = new RegExp(`^src/tasks/(${folders.join('|')})/`);
  const others = readSourceFiles(['src', 'workflows', 'activities']).filter(({ path: file }) => !inside.test(file));
  const reaching = others.flatMap(({ path: file, imports }) =>
    imports.flatMap((each) => (each.file !== null && inside.test(each.file) ? [`${file}: ${each.file}`] : [])),
  );
  // Recipes are of a task that is there, and official scorers of files that some tasks have.
  const told = (line: string) => /^src\/tasks\/(tasks|official-scorer|recipes\/[a-z-]+)\.ts: /.test(line);
  expect(reaching.filter((line) => !told(line))).toEqual([]);
});

it('no file outside src/tasks reads a field that is a task’s own, or names it in a sentence', () => {
  // Labels are of all tasks that have any, and every definition has room for them.
  const own = [...new Set(taskSections.flatMap(({ fields }) => fields.map(({ name }) => name)))].filter(
    (name) => name !== 'labels',
  );
  expect(own.length).toBeGreaterThan(8);
  const quoted = own.filter((name) => name.includes('_')).join('|');
  const written = new RegExp(`['"\`](${quoted})['"\`]|\\btask\\.(${own.join('|')})\\b`, 'g');
  const found = readSourceFiles(['src', 'workflows', 'activities'])
    .filter(({ path: file }) => !file.startsWith('src/tasks/'))
    .flatMap(({ path: file, text }) => [...text.matchAll(written)].map(([match]) => `${file}: ${match}`));
  expect(found).toEqual([]);
});

it('a definition of a task calls one thing encoding: the characters of its files', () => {
  const section = readFileSync(path.join(projectRoot, 'src/sweep/sweep-definition.ts'), 'utf8');
  expect([...section.matchAll(/readonly encoding\?: (.*);/g)].map(([, type]) => type)).toEqual(['string']);
});
