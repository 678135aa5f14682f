import { describe, expect, it } from 'vitest';
import { planSweep } from '../support/whole-plan.ts';
import { searchSections } from '../../src/search/search-sections.ts';
import { isSameSweep } from '../../src/sweep/identity.ts';
import { parseSweepFile } from '../../src/sweep/file/parse-sweep-file.ts';
import { taskSections } from '../../src/tasks/tasks.ts';
import { resolvedInputs } from './sweep-inputs.ts';

const head = `name: s
base: org/model
task: {kind: text-classification, data: {train: ./train.csv, dev: ./dev.csv, text: text, label: label}}
space: {p: [0.5]}
`;
const there = { isFile: () => true, isFolder: () => true };

const read = (text: string) => parseSweepFile(head + text, '/home/user/s.yaml', there, taskSections, searchSections);

function hashOf(text: string, inputs = resolvedInputs()): string | undefined {
  return planSweep(read(text), inputs).trainings[0]?.training_hash;
}

function problems(text: string): string {
  try {
    read(text);
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
  return '';
}

const otherDev = resolvedInputs({ dev: { hash: 'f'.repeat(64), rows: 10 } });

describe('what is kept of a training', () => {
  it('has a part in its identity, with the dev rows and how they choose; the last step is whatever they are', () => {
    const keeping = 'training: {keep: best_on_dev}';
    expect(hashOf('')).toBe(hashOf('training: {keep: last}'));
    expect(hashOf('', otherDev)).toBe(hashOf(''));
    expect(hashOf(keeping)).toBe(hashOf('training: {keep: best_on_dev, keep_by: loss, keep_every: epoch}'));
    const hashes = [
      hashOf(''),
      hashOf(keeping),
      hashOf(keeping, otherDev),
      hashOf('training: {keep: best_on_dev, keep_by: accuracy}'),
      hashOf('training: {keep: best_on_dev, keep_every: 3}'),
      hashOf('training: {keep: best_on_dev, patience: 3}'),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it('makes another sweep, by each word of it', () => {
    const inputs = resolvedInputs();
    const same = (one: string, other: string) =>
      isSameSweep({ definition: read(one), inputs }, { definition: read(other), inputs });
    expect(same('', 'training: {keep: last}')).toBe(true);
    expect(same('', 'training: {keep: best_on_dev}')).toBe(false);
    const patient = (steps: number) => `training: {keep: best_on_dev, patience: ${steps}}`;
    expect(same(patient(2), patient(2))).toBe(true);
    expect(same(patient(2), patient(3))).toBe(false);
  });

  it('is refused where it says what nothing could follow', () => {
    expect(problems('training: {patience: 3}')).toContain('training.patience: is for keep: best_on_dev only');
    expect(problems('training: {keep: best_on_dev, keep_by: acuracy}')).toContain('did you mean accuracy?');
    expect(problems('training: {keep: best_on_dev, keep_by: pearson}')).toContain('training.keep_by: got the text');
    expect(problems('training: {keep: best_on_dev, keep_every: 0}')).toContain(
      'expected epoch, or a whole number of steps',
    );
    expect(problems('trainer: simulated\ntraining: {keep: best_on_dev}')).toContain(
      'trainer: has no steps to choose from',
    );
    expect(problems('training: {keep: best}')).toContain('expected one of last, best_on_dev');
  });
});
