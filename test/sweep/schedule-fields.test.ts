import { describe, expect, it } from 'vitest';
import { DropsweepError } from '../../src/base/errors.ts';
import { canonicaliseTraining } from '../../src/sweep/canonicalise.ts';
import { searchSections } from '../../src/search/search-sections.ts';
import { parseSweepFile } from '../../src/sweep/file/parse-sweep-file.ts';
import { trainingDefaults } from '../../src/sweep/training-fields.ts';
import type { TrainingConfiguration } from '../../src/sweep/vocabulary.ts';
import { taskSections } from '../../src/tasks/tasks.ts';

const canonical = (change: Partial<TrainingConfiguration>) => canonicaliseTraining({ ...trainingDefaults, ...change });

function problems(lines: string): string {
  const file = `name: mine
base: owner/model
task: {kind: text-classification, data: {train: ./a.csv, dev: ./b.csv, text: t, label: l}}
${lines}
`;
  try {
    parseSweepFile(file, '/s.yaml', { isFile: () => true, isFolder: () => true }, taskSections, searchSections);
  } catch (error) {
    if (error instanceof DropsweepError) return error.message;
    throw error;
  }
  return '';
}

describe('what has no effect is merged', () => {
  it('a schedule that is linear, with the trainings that knew no other', () => {
    expect(canonical({ schedule: 'linear' })).toEqual(canonical({}));
    expect(canonical({ schedule: 'cosine' })).toEqual({ ...canonical({}), schedule: 'cosine' });
  });

  it('no step of warm-up, with no share of it; and the share beside steps', () => {
    expect(canonical({ warmup_steps: 0 })).toEqual(canonical({ warmup_fraction: 0 }));
    const steps = canonical({ warmup_steps: 7, warmup_fraction: 0.5 });
    expect(steps).toEqual(canonical({ warmup_steps: 7 }));
    expect(canonicaliseTraining(steps)).toEqual(steps);
    expect(steps).not.toEqual(canonical({}));
  });

  it('accumulation over passes, with the rows of one', () => {
    expect(canonical({ batch_size: 32, gradient_accumulation: 4 })).toEqual(canonical({ micro_batch_size: 8 }));
    expect(canonical({ batch_size: 10, gradient_accumulation: 4 })).toEqual(
      canonical({ batch_size: 10, micro_batch_size: 3 }),
    );
    expect(canonical({ gradient_accumulation: 1 })).toEqual(canonical({}));
    expect(canonical({ batch_size: 2, gradient_accumulation: 100 })).toMatchObject({ micro_batch_size: 1 });
  });

  it('the head’s learning rate, where it is that of the adapters', () => {
    expect(canonical({ learning_rate: 1e-3, lr_head: 1e-3 })).toEqual(canonical({ learning_rate: 1e-3 }));
    expect(canonical({ lr_head: 1e-2 })).toMatchObject({ lr_head: 1e-2 });
  });
});

describe('two fields that say the same', () => {
  it('are refused, in one section or in two', () => {
    expect(problems('training: {gradient_accumulation: 2, micro_batch_size: 4}')).toContain(
      'training.gradient_accumulation: says in another way what micro_batch_size says; keep one',
    );
    expect(problems('training: {warmup_fraction: 0.1}\nspace: {warmup_steps: [5, 10]}')).toContain(
      'space.warmup_steps: says in another way what warmup_fraction says; keep one',
    );
    expect(problems('space: {warmup_steps: [5, 10], schedule: [linear, cosine, constant]}')).toBe('');
  });
});
