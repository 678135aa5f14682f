import { describe, expect, it } from 'vitest';
import { type ComparedSweep, compareSweepsReport } from '../../src/report/comparing/compare-sweeps.ts';
import { methodName } from '../../src/report/comparing/method-name.ts';
import { methodScores } from '../../src/report/comparing/method-scores.ts';
import { Noise } from '../../src/report/noise/noise.ts';
import { renderReport } from '../../src/report/tables/render-report.ts';
import type { TrialRow } from '../../src/store/views/sweep-snapshot.ts';
import { metrics, snapshot, trial } from '../dashboard/sweep-fixture.ts';
import { materialOf } from './report-material.ts';
import { rightUpTo } from './right-rows.ts';

const { provenance } = materialOf(1);
const rows = 200;

/** Two trials, seeds 0 and 1, of which so many rows are right. */
function seeds(
  first: number,
  rate: number,
  rights: readonly [number, number],
  split: 'dev' | 'test' = 'dev',
): TrialRow[] {
  return rights.map((right, seed) => {
    const base = trial(first + seed);
    return {
      ...base,
      configuration: { ...base.configuration, dropout_rate: rate, seed },
      evaluation: { ...base.evaluation, dropout_rate: rate, split },
      state: 'succeeded',
      metrics: metrics({ accuracy: right / rows }),
    };
  });
}

function noiseOf(sweeps: readonly ComparedSweep[]): Noise {
  const trials = sweeps.flatMap(({ snapshot: { trials: own } }) => own);
  return new Noise(new Map(trials.map((row) => [row.trial, rightUpTo(rows * Number(row.metrics?.accuracy))])));
}

function sweepOf(name: string, trials: readonly TrialRow[]): ComparedSweep {
  return { snapshot: snapshot({ name, trials: [...trials] }), provenance };
}

describe('sweeps side by side', () => {
  const before = sweepOf('before', [
    ...seeds(1, 0, [120, 122]),
    ...seeds(3, 0.5, [130, 131]),
    ...seeds(5, 0.25, [125, 126]),
  ]);
  const after = sweepOf('after', [...seeds(7, 0, [120, 121]), ...seeds(9, 0.5, [160, 162])]);

  it('have a row for each method, its best configuration of each, and the paired difference', () => {
    const report = compareSweepsReport([before, after], noiseOf([before, after]));
    const text = renderReport(report, 'table', 200);
    expect(report.rows.map(({ method }) => method)).toEqual(['LoRA', 'LoRA Dropout']);
    expect(text).toMatch(/LoRA Dropout +0\.65\d ±0\.0\d\d +p 0\.5 +0\.8\d+ ±0\.0\d+ .* \+0\.15\d ±0\.0\d\d +<0\.001/);
    expect(text).toMatch(/LoRA +0\.60\d ±.* −0\.00\d+ ±0\.0\d+ +[01]\.\d+/);
    expect(text).toContain(
      'The difference is after minus before, paired on seeds and rows; p is corrected for 2 (Holm).',
    );
  });

  it('are not compared row by row where the rows differ, and say so', () => {
    const elsewhere = {
      ...after,
      provenance: { ...provenance, inputs: { ...provenance.inputs, dev: { hash: 'e'.repeat(64), rows } } },
    };
    const text = renderReport(compareSweepsReport([before, elsewhere], noiseOf([before, after])), 'table', 200);
    expect(text).toContain('They were scored on different rows');
    expect(text).toMatch(/Differs: .*222222222222… → eeeeeeeeeeee…/);
  });

  it('are refused where their tasks differ', () => {
    const task = { kind: 'classification', label_names: ['other', 'names'] };
    const other = { ...after, provenance: { ...provenance, inputs: { ...provenance.inputs, task } } };
    expect(() => compareSweepsReport([before, other], null)).toThrow(/USAGE: the sweeps are of different tasks/);
  });
});

describe('a method', () => {
  it('is called as papers call it', () => {
    const { configuration } = trial(1);
    expect(methodName({ ...configuration, dropout_rate: 0 })).toBe('LoRA');
    expect(methodName({ ...configuration, dropout_rate: 0.5 })).toBe('LoRA Dropout');
    expect(methodName({ ...configuration, dropout_rate: 0, lora_dropout: 0.1 })).toBe('LoRA + lora dropout');
    expect(methodName({ ...configuration, adapter: 'adalora', dropout_rate: 0.5 })).toBe('AdaLoRA Dropout');
  });

  it('is chosen on the dev rows and reported on the test rows', () => {
    const trials = [
      ...seeds(1, 0.25, [150, 150]),
      ...seeds(3, 0.25, [110, 111], 'test'),
      ...seeds(5, 0.5, [140, 140]),
      ...seeds(7, 0.5, [199, 199], 'test'),
    ];
    const [found] = methodScores(snapshot({ trials }), { metric: 'accuracy', direction: 'maximize' });
    expect(found?.chosen.training.dropout_rate).toBe(0.25);
    expect(found?.reported.evaluation.split).toBe('test');
    expect(found?.reported.trials.map((row) => row.metrics?.accuracy)).toEqual([0.55, 0.555]);
  });
});
