import { describe, expect, it } from 'vitest';
import { searchSections } from '../../src/search/search-sections.ts';
import { parseSweepFile } from '../../src/sweep/file/parse-sweep-file.ts';
import { readSetting } from '../../src/sweep/file/read-setting.ts';
import { taskSections } from '../../src/tasks/tasks.ts';

const head = `name: s
base: org/model
task: {kind: text-classification, data: {train: ./train.csv, dev: ./dev.csv, text: text, label: label}}
`;
const there = { isFile: () => true, isFolder: () => true };
const read = (text: string) =>
  parseSweepFile(head + text, '/home/user/sweep.yaml', there, taskSections, searchSections).budget;

describe('a budget of a sweep file', () => {
  it('has failures as a number, or by class', () => {
    expect(read('budget: {failures: 5, trials: 20}')).toEqual({ failures: 5, trials: 20 });
    expect(read('budget: {failures: {crashed: 3, out_of_memory: 10}}')).toEqual({
      'failures.crashed': 3,
      'failures.out_of_memory': 10,
    });
    expect(readSetting('budget.failures.crashed', '4')).toBe(4);
  });

  it.each([
    ['budget: {failures: {crash: 3}}', '4:21 budget.failures.crash: unknown key; did you mean crashed?'],
    [
      'budget: {failures: {diverged: 0}}',
      '4:31 budget.failures.diverged: got 0, expected a whole number of at least 1',
    ],
    ['budget: {failures.crashed: 3}', '4:10 budget.failures.crashed: unknown key'],
    ['budget: {trials: 0.5}', '4:18 budget.trials: got 0.5, expected a whole number of at least 1'],
  ])('is refused as %s', (text, problem) => {
    expect(() => read(text)).toThrow(problem);
  });
});
