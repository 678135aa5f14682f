import { formatCount } from '../../base/format-count.ts';
import { formatNumber } from '../../metrics/values/format-number.ts';
import { formatMeasure } from '../../metrics/metrics.ts';
import { headingOf } from '../../tasks/task-metrics.ts';
import type { SweepSnapshot } from '../../store/views/sweep-snapshot.ts';
import type { AxisEffect, AxisValue } from '../noise/axis-effects.ts';
import { configurationScores, scoreInterval } from '../comparing/configuration-scores.ts';
import type { Cell, Figure, Table } from '../document/document.ts';
import { paragraph } from '../document/document.ts';
import { formatInterval } from '../noise/format-interval.ts';
import { scaleFor } from '../charts/chart.ts';
import { variedColumns } from '../comparing/varied-columns.ts';
import { configurationLabels } from './configuration-label.ts';
import type { ReportSection } from './section.ts';
import { firstObjective } from '../comparing/first-objective.ts';

/** Values of an axis beyond which it is drawn as a cloud: a list would be as long as the sweep. */
const mostValues = 12;

export const axesSection: ReportSection = {
  name: 'axes',
  heading: 'The effect of each axis',
  build({ snapshot, effects: all }) {
    const { metric } = firstObjective(snapshot);
    const heading = headingOf(snapshot.definition, metric);
    const effects = all.filter(({ values }) => values.some(({ mean }) => mean !== null));
    if (effects.length === 0) return null;
    const listed = effects.filter(({ values }) => values.length <= mostValues);
    const notes = [
      `A difference is against the first value of the axis, over configurations that differ in nothing else: the mean over those in each seed, then over seeds${overRows(effects)}. They are not corrected for their number.`,
      'Means are over all trials with the value, which may differ in more.',
    ];
    return [
      ...(listed.length === 0 ? notes.map(paragraph) : [{ ...effectsTable(listed, metric, heading), notes }]),
      ...effects.flatMap((effect) =>
        effect.values.length <= mostValues
          ? effectFigure(effect, heading)
          : cloudFigure(snapshot, effect, metric, heading),
      ),
    ];
  },
};

/** What the intervals are of. */
function overRows(effects: readonly AxisEffect[]): string {
  const told = effects.flatMap(({ values }) => values.filter(({ difference }) => difference !== null));
  const count = (wanted: AxisValue['over']): number => told.filter(({ over }) => over === wanted).length;
  const [seeds, rows] = [count('seeds'), count('rows')];
  if (seeds === told.length) return ', with a 95 % interval (Student)';
  const others = [
    seeds === 0 ? '' : `, of ${seeds} over seeds alone (Student)`,
    rows === 0 ? '' : `, of ${rows} over the rows of a single seed`,
  ];
  return ` and rows, with a 95 % interval (bootstrap)${others.join('')}`;
}

function effectsTable(effects: readonly AxisEffect[], metric: string, heading: string): Table {
  const cell = (text: string, value: Cell['value'] = text): Cell => ({ text, value });
  return {
    kind: 'table',
    name: 'axes-table',
    caption: `${heading} by the value of each axis`,
    columns: [
      { name: 'axis', heading: 'axis', align: 'left' },
      { name: 'value', heading: 'value', align: 'right' },
      { name: 'configurations', heading: 'configurations', align: 'right' },
      { name: 'mean', heading: `mean ${heading}`, align: 'right' },
      { name: 'difference', heading: 'difference', align: 'right' },
      { name: 'pairs', heading: 'pairs', align: 'right' },
    ],
    rows: effects.flatMap(({ heading: axis, values }) =>
      values.map(({ text, configurations, mean, difference, pairs }) => [
        cell(axis),
        cell(text),
        cell(String(configurations), configurations),
        cell(mean === null ? '–' : formatMeasure(metric, mean), mean),
        cell(difference === null ? '–' : formatInterval(metric, difference), difference?.mean ?? null),
        cell(String(pairs), pairs),
      ]),
    ),
  };
}

function effectFigure({ heading: axis, name, values }: AxisEffect, heading: string): readonly Figure[] {
  const compared = values.flatMap(({ text, difference }) =>
    difference === null ? [] : [{ x: text, y: difference.mean, lower: difference.lower, upper: difference.upper }],
  );
  const [first] = values;
  if (compared.length === 0 || first === undefined) return [];
  return [
    {
      kind: 'figure',
      name: `axis-${name}`,
      caption: `${axis}: difference in ${heading} from ${axis} ${first.text}`,
      chart: {
        description: `${formatCount(compared.length + 1, 'value')} of ${axis}. ${values.map(told).filter(Boolean).join(' ')}`,
        x: { label: axis, scale: 'categories' },
        y: { label: `Δ ${heading}`, scale: 'linear' },
        series: [{ name: heading, marks: 'points', points: [{ x: first.text, y: 0 }, ...compared] }],
        references: [{ name: `${axis} ${first.text}`, at: 0 }],
      },
    },
  ];
}

function told({ text, difference }: AxisValue): string {
  if (difference === null) return '';
  const { mean, lower, upper } = difference;
  if (lower === null || upper === null)
    return `${text}: ${formatNumber(mean)}, without an interval: of a single seed, or of seeds that agree.`;
  const way = lower > 0 ? 'is above the first' : upper < 0 ? 'is below the first' : 'is not told apart from the first';
  return `${text} ${way} (95 % ${formatNumber(lower)} to ${formatNumber(upper)}).`;
}

/** Of an axis that is drawn from a range: every configuration at its value. */
function cloudFigure(snapshot: SweepSnapshot, effect: AxisEffect, metric: string, heading: string): readonly Figure[] {
  const column = variedColumns(snapshot).find(({ name }) => name === effect.name);
  const label = configurationLabels(snapshot);
  const points = configurationScores(snapshot.trials).flatMap((score) => {
    const x = column?.value(score);
    const y = scoreInterval(score, metric)?.mean;
    return typeof x === 'number' && y !== undefined ? [{ x, y, name: label(score) }] : [];
  });
  if (points.length === 0) return [];
  return [
    {
      kind: 'figure',
      name: `axis-${effect.name}`,
      caption: `${heading} by ${effect.heading}`,
      chart: {
        description: `${formatCount(points.length, 'configuration')} at ${formatCount(effect.values.length, 'value')} of ${effect.heading}; other settings differ too.`,
        x: { label: effect.heading, scale: scaleFor(points.map(({ x }) => x)) },
        y: { label: heading, scale: 'linear' },
        series: [{ name: heading, marks: 'points', points }],
      },
    },
  ];
}
