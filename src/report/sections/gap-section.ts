import { formatCount } from '../../base/format-count.ts';
import { gapRows, measure } from '../../metrics/metrics.ts';
import { fieldHeading } from '../../sweep/training-fields.ts';
import { headingOf, shownGap } from '../../tasks/task-metrics.ts';
import type { TrialRow } from '../../store/views/sweep-snapshot.ts';
import type { ChartSeries } from '../charts/chart.ts';
import { chosenAmong } from '../comparing/chosen-among.ts';
import type { Figure } from '../document/document.ts';
import { formatSetting } from '../../metrics/values/format-value.ts';
import { type GapInterval, gapInterval } from '../noise/gap-interval.ts';
import { variedColumns } from '../comparing/varied-columns.ts';
import type { SweepMaterial } from './material.ts';
import type { ReportSection } from './section.ts';

/** Lines beyond which nobody tells one from another. */
const mostLines = 7;

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
  const trials = chosenAmong(snapshot.trials).filter((trial) => measure(trial, gap) !== null);
  const sparsities = [...new Set(trials.map(({ configuration }) => configuration.sparsity))].sort((a, b) => a - b);
  const [p, lambda] = [fieldHeading('dropout_rate'), fieldHeading('sparsity')];
  const drawn = spread(sparsities, mostLines);
  const found = drawn.map((sparsity) => ({ sparsity, points: pointsOf(trials, sparsity, gap) }));
  const series = found.map(
    ({ sparsity, points }): ChartSeries => ({
      name: `${lambda} ${formatSetting(sparsity)}`,
      marks: 'line with points',
      points: points.map(({ rate, interval: { mean, lower, upper } }) => ({ x: rate, y: mean, lower, upper })),
    }),
  );
  if (series.length === 0) return [];
  const all = found.flatMap(({ points }) => points);
  const [first, last] = [all[0], all.at(-1)];
  const left =
    drawn.length === sparsities.length
      ? ''
      : ` Drawn are ${drawn.length} of ${sparsities.length} ${lambda}, spread over all.`;
  return [
    {
      kind: 'figure',
      name: gap === 'loss_gap' ? 'loss-gap' : 'gap',
      caption: `${heading} (train minus evaluated${overRows(trials)}) by ${p} and ${lambda}`,
      chart: {
        description:
          `Means at each ${p} and ${lambda}${pooled(snapshot)}: in each seed over its trials, then over seeds, with 95 % intervals${overWhat(all.map(({ interval }) => interval))}. ` +
          `From ${first?.interval.mean.toPrecision(3)} at ${p} ${first?.rate} to ${last?.interval.mean.toPrecision(3)} at ${p} ${last?.rate}.${left}`,
        x: { label: p, scale: 'linear' },
        y: { label: heading, scale: 'linear' },
        series,
        references: [{ name: 'no gap', at: 0 }],
      },
    },
  ];
}

interface GapPoint {
  readonly rate: number;
  readonly interval: GapInterval;
}

/** By dropout rate, ascending. */
function pointsOf(trials: readonly TrialRow[], sparsity: number, gap: string): readonly GapPoint[] {
  const own = trials.filter(({ configuration }) => configuration.sparsity === sparsity);
  const rates = [...new Set(own.map(({ configuration }) => configuration.dropout_rate))].sort((a, b) => a - b);
  return rates.flatMap((rate) => {
    const interval = gapInterval(
      own.filter(({ configuration }) => configuration.dropout_rate === rate),
      gap,
    );
    return interval === null ? [] : [{ rate, interval }];
  });
}

/** So many of all, the first and the last among them. */
function spread(values: readonly number[], most: number): readonly number[] {
  if (values.length <= most) return values;
  const places = Array.from({ length: most }, (_, index) => Math.round((index * (values.length - 1)) / (most - 1)));
  return values.filter((_, index) => places.includes(index));
}

/** What else the trials of one point differ in. */
function pooled(snapshot: SweepMaterial['snapshot']): string {
  const others = variedColumns({ ...snapshot, trials: chosenAmong(snapshot.trials) }).flatMap(({ name, heading }) =>
    name === 'dropout_rate' || name === 'sparsity' ? [] : [heading],
  );
  return others.length === 0 ? '' : `, whatever their ${others.join(', ')}`;
}

/** What the intervals are of. */
function overWhat(intervals: readonly GapInterval[]): string {
  const kinds = new Set(intervals.flatMap(({ over }) => over ?? []));
  if (kinds.size === 0) return ' where seeds differ: they do not';
  if (kinds.size === 1 && kinds.has('seeds'))
    return ' over seeds alone (Student): of the rows, which are samples too, they say nothing';
  const alone = intervals.filter(({ over }) => over === 'rows').length;
  return ` over seeds and both samples of rows${alone === 0 ? '' : `, of ${formatCount(alone, 'point')} over the rows of a single seed or of seeds that agree`}`;
}

/** On how many train rows gaps were measured, where the evaluations tell. */
function overRows(trials: readonly TrialRow[]): string {
  const counts = new Set(trials.flatMap((trial) => measure(trial, gapRows) ?? []));
  return counts.size === 0 ? '' : `, over ${[...counts].sort((a, b) => a - b).join(' or ')} train rows`;
}
