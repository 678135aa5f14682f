import { describe, expect, it } from 'vitest';
import { schedulers } from '../../src/search/schedulers/schedulers.ts';
import { searchSections } from '../../src/search/search-sections.ts';
import { parseSweepFile } from '../../src/sweep/file/parse-sweep-file.ts';
import { sweepHash } from '../../src/sweep/identity.ts';
import { taskSections } from '../../src/tasks/tasks.ts';
import { resolvedInputs } from '../sweep/sweep-inputs.ts';
import { planSweep } from '../support/whole-plan.ts';
import { definitionWritten } from './every-kind.ts';

/*
 * Rungs as shares of the steps, as steps and as epochs. The simulated trainer takes 100 steps.
 */

const inputs = resolvedInputs({ train: { hash: 'd'.repeat(64), rows: 3_200 } });
const withRungs = schedulers
  .map(({ section }) => section)
  .filter(({ fields }) => fields.some(({ name }) => name === 'rungs'));

const definition = (rungs: string, kind = 'asha', space = 'training: {epochs: 4}\nspace: {rank: [4, 8]}') =>
  definitionWritten(space, `scheduler: {kind: ${kind}, rungs: ${rungs}}`);
const ends = (...written: Parameters<typeof definition>) =>
  planSweep(definition(...written), inputs).trainings.map((training) => training.rung_steps);

function problem(rungs: string): string {
  try {
    definition(rungs);
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
  return '';
}

describe.each(withRungs)('rungs of $kind', ({ kind }) => {
  it('may be shares, steps or epochs', () => {
    expect(ends('[0.25, 0.5]', kind)[0]).toEqual([25, 50, 100]);
    expect(ends('[10 steps, 70 steps]', kind)[0]).toEqual([10, 70, 100]);
    expect(ends('[1 epoch, 3 epochs]', kind)[0]).toEqual([25, 75, 100]);
  });
});

describe('rungs', () => {
  it('in epochs stand at as many epochs of each training, however many it has', () => {
    expect(ends('[1 epoch]', 'asha', 'space: {epochs: [2, 5]}')).toEqual([
      [50, 100],
      [20, 100],
    ]);
    expect(ends('[0.5 epochs, 1 epoch]')[0]).toEqual([13, 25, 100]);
  });

  it('are one definition however their unit is written, and shares are as they were', () => {
    const hash = (rungs: string) => sweepHash(definition(rungs), inputs);
    expect(hash('[1 epoch, 2 epochs]')).toBe(hash('[1epochs, "2.0 epoch"]'));
    expect(hash('[20 steps]')).toBe(hash('[20 step]'));
    expect(hash('[20 steps]')).not.toBe(hash('[20 epochs]'));
    expect(definition('[0.25, 0.5]').scheduler).toEqual({ kind: 'asha', rungs: [0.25, 0.5], keep: 1 / 3 });
    expect(definition('[1 epoch]').scheduler).toEqual({ kind: 'asha', rungs: [1], rungs_in: 'epochs', keep: 1 / 3 });
  });

  it.each([
    ['[0.5, 1 epoch]', 'all rungs are shares, or steps, or epochs'],
    ['[2 epochs, 1 epoch]', 'the epochs must rise from one rung to the next'],
    ['[1 epoch, 1 epochs]', 'stands in the list twice'],
    ['[1.5 steps]', 'or 200 steps, or 1 epoch'],
    ['[0 epochs]', 'or 200 steps, or 1 epoch'],
    ['[2]', 'expected a number between 0 and 1, both excluded, or 200 steps, or 1 epoch'],
    ['[3 hours]', 'or 200 steps, or 1 epoch'],
  ])('are refused as %s', (rungs, said) => {
    expect(problem(rungs)).toContain(said);
  });

  it('are refused of a training that is no longer than the last of them, and in epochs of a program', () => {
    expect(() => ends('[50 steps, 100 steps]')).toThrow('a training has too few steps for its rungs');
    expect(() => ends('[4 epochs]')).toThrow('a training has too few steps for its rungs');
    // A search that adapts would find no point, and say only that.
    const adapts = 'search: {kind: tpe, trials: 4}\nspace: {dropout_rate: {min: 0, max: 0.9}}';
    expect(() => ends('[100 steps]', 'asha', adapts)).toThrow('a training has too few steps for its rungs');
    const program = (search: string) =>
      parseSweepFile(
        `name: s\ntrainer: {ask: s, metrics: {loss: minimize}, steps: 10}\nspace: {x: [1, 2]}\n${search}\nscheduler: {kind: asha, rungs: [1 epoch]}`,
        '/home/user/sweep.yaml',
        { isFile: () => true, isFolder: () => true, namesIn: () => [] },
        taskSections,
        searchSections,
      );
    for (const search of ['', 'search: {kind: tpe, trials: 2}'])
      expect(() => planSweep(program(search), inputs)).toThrow(
        'a program has no epochs that rungs could be counted in',
      );
  });
});
