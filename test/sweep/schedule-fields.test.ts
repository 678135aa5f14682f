import { describe, expect, it } from 'vitest';
import { DropsweepError } from '../../src/base/errors.ts';
import { canonicaliseTraining } from '../../src/sweep/canonicalise.ts';
import { searchSections } from '../../src/search/search-sections.ts';
import { parseSweepFile } from '../../src/sweep/file/parse-sweep-file.ts';
import { shownSetting, trainingDefaults } from '../../src/sweep/training-fields.ts';
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

describe('what tables have of a field', () => {
  it('is what holds where a canonical configuration leaves it out', () => {
    expect(shownSetting(canonical({ schedule: 'linear' }), 'schedule')).toBe('linear');
    expect(shownSetting(canonical({ schedule: 'cosine' }), 'schedule')).toBe('cosine');
    const dropped = canonical({ dropout_rate: 0.5 });
    for (const [name, value] of [
      ['masked', 'columns_and_rows'],
      ['mask_sharing', 'instance'],
      ['mask_scaling', 'none'],
    ] as const)
      expect(shownSetting(dropped, name)).toBe(value);
    expect(shownSetting(dropped, 'lora_dropout')).toBeUndefined();
  });

  it('is how many passes a step has, where they are kept as the rows of one', () => {
    const passes = (gradient_accumulation: number) =>
      shownSetting(canonical({ batch_size: 8, gradient_accumulation }), 'gradient_accumulation');
    expect([1, 2, 3, 8].map(passes)).toEqual([1, 2, 3, 8]);
    expect(shownSetting(canonical({}), 'gradient_accumulation')).toBe(1);
  });
});
