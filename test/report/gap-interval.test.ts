import { describe, expect, it } from 'vitest';
import { gapInterval } from '../../src/report/noise/gap-interval.ts';
import { gapSection } from '../../src/report/sections/gap-section.ts';
import type { TrialRow } from '../../src/store/views/sweep-snapshot.ts';
import { metrics, trial } from '../dashboard/sweep-fixture.ts';
import { materialOf } from './report-material.ts';

function row(seed: number, members: number, gap: number, more: Partial<TrialRow> = {}): TrialRow {
  const base = trial(10 * seed + members);
  return {
    ...base,
    configuration: { ...base.configuration, seed },
    evaluation: { ...base.evaluation, ensemble_size: members },
    metrics: metrics({
      accuracy: 0.8,
      train_accuracy: 0.8 + gap,
      accuracy_gap: gap,
      loss_gap: -gap,
      rows: 400,
      gap_rows: 100,
    }),
    ...more,
  };
}

describe('a gap between train and evaluated rows', () => {
  it('is of its seeds, however many ensembles of one training there are', () => {
    const once = gapInterval([row(1, 1, 0.1), row(2, 1, 0.14)], 'loss_gap');
    const eight = [1, 2, 4, 8].flatMap((members) => [row(1, members, 0.1), row(2, members, 0.14)]);
    expect(gapInterval(eight, 'loss_gap')).toEqual(once);
    // Student's with one degree of freedom: 12.706 · 0.02 on either side of −0.12.
    expect(once).toMatchObject({ over: 'seeds', mean: expect.closeTo(-0.12, 12) });
    expect((once?.upper ?? 0) - (once?.mean ?? 0)).toBeCloseTo(12.7062 * 0.02, 4);
  });

  it('of right rows is uncertain by both samples of rows too, even of seeds that agree', () => {
    const found = gapInterval([row(1, 1, 0.1), row(2, 1, 0.1)], 'accuracy_gap');
    // √(0.9 · 0.1 / 100 + 0.8 · 0.2 / 400), with some 176 degrees of freedom.
    const half = 1.9735 * Math.sqrt(0.0009 + 0.0004);
    expect(found).toMatchObject({ over: 'rows', mean: expect.closeTo(0.1, 12) });
    expect((found?.upper ?? 0) - 0.1).toBeCloseTo(half, 3);
    expect(gapInterval([row(1, 1, 0.1), row(2, 1, 0.12)], 'accuracy_gap')?.over).toBe('seeds and rows');
    expect(gapInterval([row(1, 1, 0.1), row(2, 1, 0.1)], 'loss_gap')).toMatchObject({ over: null, lower: null });
    expect(gapInterval([{ ...row(1, 1, 0.1), metrics: null }], 'loss_gap')).toBeNull();
  });

  it('is drawn of some λ that are spread over all, and says so; of what it pools and of what its intervals are', () => {
    const { snapshot, ...material } = materialOf(160);
    const trials = snapshot.trials.map((one, index) => ({
      ...one,
      configuration: { ...one.configuration, sparsity: (index % 20) * 1e-5 },
    }));
    const said = JSON.stringify(gapSection.build({ ...material, snapshot: { ...snapshot, trials } }));
    expect(said).toContain('Drawn are 7 of 20 λ, spread over all.');
    expect(said).toContain('λ 1.9e-4');
    const plain = JSON.stringify(gapSection.build({ ...material, snapshot }));
    expect(plain).not.toContain('Drawn are');
    expect(plain).toContain('whatever their N, M');
    expect(plain).toContain('over seeds and both samples of rows');
  });
});
