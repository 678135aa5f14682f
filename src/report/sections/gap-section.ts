import { measure } from '../../metrics/metrics.ts';
import { withinRange } from '../../metrics/within-range.ts';
import { studentInterval } from '../../stats/student-interval.ts';
import { fieldHeading } from '../../sweep/training-fields.ts';
import { headingOf, shownGap } from '../../tasks/task-metrics.ts';
import type { ChartSeries } from '../charts/chart.ts';
import type { Figure } from '../document/document.ts';
import { formatSetting } from '../../dashboard/terminal/format-value.ts';
import type { SweepMaterial } from './material.ts';
import type { ReportSection } from './section.ts';

export const gapSection: ReportSection = {
  name: 'gap',
  heading: 'The gap between train and evaluated rows',
  build(material) {
    const shown = shownGap(material.snapshot.definition);
    const gaps = [...new Set([...(shown === null ? [] : [shown]), 'loss_gap'])];
    const figures = gaps.flatMap((gap) => gapFigure(material, gap));
    return figures.length === 0 ? null : figures;
  },
};

function gapFigure({ snapshot }: SweepMaterial, gap: string): readonly Figure[] {
  const heading = headingOf(snapshot.definition, gap);
  const sparsities = [...new Set(snapshot.trials.map(({ configuration }) => configuration.sparsity))].sort(
    (a, b) => a - b,
  );
  const [p, lambda] = [fieldHeading('dropout_rate'), fieldHeading('sparsity')];
  const series = sparsities.slice(0, 7).flatMap((sparsity): readonly ChartSeries[] => {
    const byRate = new Map<number, number[]>();
    for (const trial of snapshot.trials) {
      const value = measure(trial, gap);
      const { dropout_rate: rate, sparsity: own } = trial.configuration;
      if (value !== null && own === sparsity) byRate.set(rate, [...(byRate.get(rate) ?? []), value]);
    }
    const points = [...byRate]
      .sort(([a], [b]) => a - b)
      .map(([rate, values]) => {
        const { mean, lower, upper } = withinRange(gap, studentInterval(values));
        return { x: rate, y: mean, lower, upper };
      });
    return points.length === 0
      ? []
      : [{ name: `${lambda} ${formatSetting(sparsity)}`, marks: 'line with points', points }];
  });
  if (series.length === 0) return [];
  const all = series.flatMap(({ points }) => points);
  const [first, last] = [all[0], all.at(-1)];
  return [
    {
      kind: 'figure',
      name: gap === 'loss_gap' ? 'loss-gap' : 'gap',
      caption: `${heading} (train minus evaluated${overRows(snapshot)}) by ${p} and ${lambda}`,
      chart: {
        description:
          `Means over all trials at each ${p} and ${lambda}, with 95 % intervals over them (Student). ` +
          `From ${first?.y.toPrecision(3)} at ${p} ${first?.x} to ${last?.y.toPrecision(3)} at ${p} ${last?.x}.`,
        x: { label: p, scale: 'linear' },
        y: { label: heading, scale: 'linear' },
        series,
        references: [{ name: 'no gap', at: 0 }],
      },
    },
  ];
}

/** On how many train rows gaps were measured, where the evaluations tell. */
function overRows({ trials }: SweepMaterial['snapshot']): string {
  const counts = new Set(trials.flatMap((trial) => measure(trial, 'gap_rows') ?? []));
  return counts.size === 0 ? '' : `, over ${[...counts].sort((a, b) => a - b).join(' or ')} train rows`;
}
