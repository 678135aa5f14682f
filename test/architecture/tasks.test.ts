import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { taskOf, taskSections } from '../../src/tasks/tasks.ts';
import { projectRoot, readSourceFiles } from './source-files.ts';

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
