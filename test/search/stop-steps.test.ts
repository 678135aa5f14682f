import { describe, expect, it } from 'vitest';
import { DropsweepError } from '../../src/base/errors.ts';
import { searchSections } from '../../src/search/search-sections.ts';
import { stopSteps } from '../../src/search/planning/stop-steps.ts';
import { parseSweepFile } from '../../src/sweep/file/parse-sweep-file.ts';
import { taskSections } from '../../src/tasks/tasks.ts';

const file = (evaluation: string) =>
  parseSweepFile(
    `name: s
base: owner/model
task: {kind: text-classification, data: {train: ./a.csv, dev: ./b.csv, text: t, label: l}}
evaluation: {${evaluation}}
`,
    '/s.yaml',
    { isFile: () => true, isFolder: () => true },
    taskSections,
    searchSections,
  );

describe('where a training is evaluated on its way', () => {
  it('is the end of each epoch but the last, or every so many steps', () => {
    expect(stopSteps('epoch', { total_steps: 30, epochs: 3 }, [30])).toEqual([10, 20]);
    expect(stopSteps(7, { total_steps: 30, epochs: 3 }, [30])).toEqual([7, 14, 21, 28]);
    expect(stopSteps(10, { total_steps: 30, epochs: 3 }, [10, 30])).toEqual([20]);
    expect(stopSteps(40, { total_steps: 30, epochs: 3 }, [30])).toEqual([]);
    expect(stopSteps(undefined, { total_steps: 30, epochs: 3 }, [30])).toEqual([]);
  });

  it('is refused where it would be everywhere', () => {
    expect(() => stopSteps(1, { total_steps: 5000, epochs: 3 }, [5000])).toThrow(DropsweepError);
    expect(() => stopSteps(1, { total_steps: 5000, epochs: 3 }, [5000])).toThrow(/4999 times in 5000 steps/);
  });

  it('is read from the evaluation section, and nothing where it does not say', () => {
    expect(file('evaluate_every: epoch').evaluate_every).toBe('epoch');
    expect(file('evaluate_every: 50').evaluate_every).toBe(50);
    expect(file('split: dev')).not.toHaveProperty('evaluate_every');
    expect(() => file('evaluate_every: 0')).toThrow(/expected epoch, or a whole number of steps/);
  });
});
