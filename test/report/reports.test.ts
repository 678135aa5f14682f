import { describe, expect, it } from 'vitest';
import { bestReport } from '../../src/report/tables/best-report.ts';
import { compareReport } from '../../src/report/tables/compare-report.ts';
import { configurationScores } from '../../src/report/comparing/configuration-scores.ts';
import { paretoReport } from '../../src/report/tables/pareto-report.ts';
import { sweepSentences } from '../../src/report/sweep-sentences.ts';
import { renderReport } from '../../src/report/tables/render-report.ts';
import { trialsReport } from '../../src/report/tables/trials-report.ts';
import type { TrialRow } from '../../src/store/views/sweep-snapshot.ts';
import { metrics, snapshot, trial } from '../dashboard/sweep-fixture.ts';

/** One configuration's trials over seeds. */
function repeats(
  first: number,
  rate: number,
  accuracies: readonly number[],
  ece: number,
  complexity: number,
): TrialRow[] {
  const base = trial(first);
  return accuracies.map((accuracy, seed) =>
    trial(first + seed, {
      state: 'succeeded',
      configuration: { ...base.configuration, dropout_rate: rate, seed },
      evaluation: { ...base.evaluation, dropout_rate: rate, mode: rate === 0 ? 'raw' : 'ensemble' },
      metrics: metrics({ accuracy, ece }),
      complexity,
      trainSeconds: 12.34,
    }),
  );
}

const trials = [
  ...repeats(1, 0, [0.8, 0.802, 0.798], 0.1, 9),
  ...repeats(4, 0.25, [0.9, 0.86, 0.88], 0.05, 4),
  ...repeats(7, 0.5, [0.87, 0.89, 0.875], 0.06, 3),
];
const counts = { total: 9, succeeded: 9 };
const finished = snapshot({ state: 'completed', trials, counts });
const objective = { metric: 'accuracy', direction: 'maximize' } as const;

describe('scores over seeds', () => {
  it('group trials that differ in nothing but the seed', () => {
    const scores = configurationScores([...trials].reverse());
    expect(scores.map((score) => score.trials.map((row) => row.trial))).toEqual([
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ]);
  });
});

describe('the best configurations', () => {
  const report = bestReport(finished, objective, 10);

  it('come by their means, and say which the seeds do not tell apart', () => {
    expect(report.rows.map(({ training }) => training.dropout_rate)).toEqual([0.25, 0.5, 0]);
    expect(report.after).toEqual([
      'Means over seeds with 95 % intervals (Student); ranked by accuracy.',
      '≈ The winner is within noise of 1 of the 2 others compared (Welch’s test of the seeds, Holm, 95 %).',
      'Without the seed that did most for it, its mean accuracy is 0.8700.',
    ]);
  });

  it('make a table that stays within 80 columns', () => {
    const text = renderReport(report, 'table', 80);
    expect(text).toContain('0.880 ±0.050');
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    const [heading] = text.split('\n').filter((line) => line.includes('accuracy'));
    expect(heading?.length).toBeLessThanOrEqual(80);
  });

  it('are the same numbers as JSON', () => {
    const parsed: unknown = JSON.parse(renderReport(report, 'json', 80));
    expect(parsed).toMatchObject({
      sweep: 'quickstart',
      simulated: false,
      rows: [{ dropout_rate: 0.25, seeds: 3, within_noise_of_best: true }, { dropout_rate: 0.5 }, { dropout_rate: 0 }],
    });
  });

  it('say that one seed tells nothing', () => {
    const single = snapshot({ trials: [...repeats(1, 0, [0.8], 0.1, 9), ...repeats(2, 0.5, [0.9], 0.1, 3)] });
    expect(bestReport(single, objective, 10).after[1]).toBe(
      'The winner has one seed: nothing tells it from noise. Add seeds to the space.',
    );
  });
});

describe('a gap', () => {
  it('stands beside the number of train rows that it is over, in best, pareto and show', () => {
    const gapped = {
      ...finished,
      definition: { ...finished.definition, objectives: [{ metric: 'accuracy_gap', direction: 'minimize' as const }] },
      trials: trials.map((row) => ({ ...row, metrics: metrics({ gap_rows: row.trial === 9 ? 64 : 128 }) })),
    };
    const texts = [
      renderReport(bestReport(gapped, { metric: 'accuracy_gap', direction: 'minimize' }, 10), 'table', 200),
      renderReport(paretoReport(gapped), 'table', 200),
      renderReport(trialsReport(gapped), 'table', 200),
    ];
    for (const text of texts) expect(text).toMatch(/gap rows[\s\S]* 128 /);
    expect(texts[0]).toContain('128 or 64');
    expect(renderReport(report, 'table', 200)).not.toContain('gap rows');
    expect(renderReport(bestReport(gapped, objective, 10), 'csv', 0)).toMatch(/gap_rows[\s\S]*,128,/);
  });
  const report = bestReport(finished, objective, 10);
});

describe('the Pareto front', () => {
  it('holds what nothing else beats in accuracy, calibration and complexity', () => {
    const report = paretoReport(finished);
    expect(report.rows.map(({ training }) => training.dropout_rate)).toEqual([0.25, 0.5]);
    expect(report.before.at(-1)).toBe('Pareto front over accuracy, ECE, complexity: 2 of 3 scored configurations.');
  });

  it('leaves out complexity where it was not probed, and says so', () => {
    const unprobed = snapshot({ trials: trials.map((row) => ({ ...row, complexity: null })) });
    const report = paretoReport(unprobed);
    expect(report.rows).toHaveLength(1);
    expect(report.after.at(-1)).toBe('Complexity is not known yet: it is probed when the sweep starts.');
  });
});

describe('every report', () => {
  const collapsed = trials.map((row) => (row.trial === 1 ? { ...row, metrics: metrics({ collapsed: true }) } : row));
  const simulated = snapshot({ trainer: 'simulated', trials: collapsed, counts });
  const reports = {
    best: bestReport(simulated, objective, 10),
    pareto: paretoReport({ ...simulated, trials: collapsed.slice(0, 3) }),
    show: trialsReport(simulated),
    compare: compareReport(simulated, simulated.trials.slice(0, 2)),
  };
  for (const [name, report] of Object.entries(reports)) {
    it(`flags a collapsed training and a simulated trainer: ${name}`, () => {
      const table = render(report, 'table');
      expect(table.toLowerCase()).toContain('collapsed');
      expect(table).toContain('SIMULATED');
      expect(JSON.parse(render(report, 'json'))).toMatchObject({ simulated: true });
    });
  }

  function render(report: (typeof reports)[keyof typeof reports], format: 'table' | 'json'): string {
    switch (report) {
      case reports.best:
        return renderReport(reports.best, format, 120);
      case reports.pareto:
        return renderReport(reports.pareto, format, 120);
      case reports.show:
        return renderReport(reports.show, format, 120);
      default:
        return renderReport(reports.compare, format, 120);
    }
  }
});

it('a report says what spent the budget, where something did', () => {
  const halted = snapshot({ state: 'completed', halted: '1.02 of 1 hours are over' });
  expect(sweepSentences(halted)).toContain(
    'The budget is spent: 1.02 of 1 hours are over. What ran came to its end, what waited was cancelled.',
  );
  expect(sweepSentences(snapshot({ state: 'completed' })).join()).not.toContain('budget');
});

describe('CSV', () => {
  it('quotes what holds commas, quotes and line breaks', () => {
    const report = {
      columns: [
        { name: 'a', heading: 'a', align: 'left' as const, importance: 0, text: String, value: (row: string) => row },
      ],
      rows: ['plain', 'a,b', 'say "so"', 'two\nlines'],
      facts: {},
      before: [],
      after: [],
    };
    expect(renderReport(report, 'csv', 80)).toBe('a\nplain\n"a,b"\n"say ""so"""\n"two\nlines"\n');
  });

  it('has a line for each trial, with its trainer', () => {
    const lines = renderReport(trialsReport(finished), 'csv', 80).trim().split('\n');
    expect(lines).toHaveLength(10);
    expect(lines[0]).toContain('trial,dropout_rate,sparsity,train_instances,ensemble_size');
    expect(lines[1]).toContain(',onnx,quickstart');
  });
});
