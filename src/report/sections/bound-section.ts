import { formatCount } from '../../base/format-count.ts';
import { formatNumber } from '../../metrics/values/format-number.ts';
import { allMetrics, measure, metricHeading } from '../../metrics/metrics.ts';
import { headingOf } from '../../tasks/task-metrics.ts';
import { scaleFor } from '../charts/chart.ts';
import { chosenAmong } from '../comparing/chosen-among.ts';
import { type ConfigurationScore, configurationScores, scoreInterval } from '../comparing/configuration-scores.ts';
import type { Block, Cell, Figure, Table } from '../document/document.ts';
import { paragraph } from '../document/document.ts';
import { meanOf } from '../../stats/mean-of.ts';
import { rankCorrelation } from '../noise/rank-correlation.ts';
import { trainingKey } from '../comparing/training-key.ts';
import { configurationLabels } from './configuration-label.ts';
import type { SweepMaterial } from './material.ts';
import type { ReportSection } from './section.ts';

export const boundSection: ReportSection = {
  name: 'bound',
  heading: 'The bound beside the gap',
  build(material) {
    const points = gapPoints(material);
    if (points.length === 0) return null;
    const measures = sizeMeasures();
    const blocks: readonly Block[] = [
      paragraph(boundSentence(material, points)),
      ...measures.slice(0, 2).flatMap((one) => gapFigure(material, points, one)),
      correlationTable(points, measures),
    ];
    return blocks;
  },
};

/** A configuration with what it is worse by on evaluated rows than on train rows. */
interface GapPoint {
  readonly score: ConfigurationScore;
  readonly gap: number;
  readonly lower: number | null;
  readonly upper: number | null;
}

interface SizeMeasure {
  readonly name: string;
  readonly heading: string;
  /** Mean over the configuration's seeds; null: one has none. */
  readonly of: (score: ConfigurationScore) => number | null;
}

function gapPoints({ snapshot }: SweepMaterial): readonly GapPoint[] {
  return configurationScores(chosenAmong(snapshot.trials)).flatMap((score) => {
    const gap = scoreInterval(score, 'loss_gap');
    if (gap === null) return [];
    const turned = (bound: number | null): number | null => (bound === null ? null : -bound);
    return [{ score, gap: -gap.mean, lower: turned(gap.upper), upper: turned(gap.lower) }];
  });
}

/** Complexity, its estimate from what the trainings met, and every other metric of size. */
function sizeMeasures(): readonly SizeMeasure[] {
  const known = allMetrics.flatMap(({ name, measuresSize }): readonly SizeMeasure[] =>
    measuresSize === true
      ? [{ name, heading: metricHeading(name, ''), of: (score) => meanOver(score, (trial) => measure(trial, name)) }]
      : [],
  );
  const place = ({ name }: SizeMeasure): number => Number(!name.startsWith('complexity'));
  return known.toSorted((a, b) => place(a) - place(b));
}

function meanOver(
  { trials }: ConfigurationScore,
  of: (trial: ConfigurationScore['trials'][number]) => number | null,
): number | null {
  const values = trials.map(of).filter((value) => value !== null);
  return values.length === 0 || values.length < trials.length ? null : meanOf(values);
}

function boundSentence({ snapshot, provenance }: SweepMaterial, points: readonly GapPoint[]): string {
  const proxy =
    'Complexity is the second term of Theorem 4.4 with estimated constants: a proxy that orders configurations, not a certificate. ' +
    'Estimated from the trainings, its constants are the largest loss and gradient that each of them met, where these are above the probe’s.';
  const trivial = provenance.theoryConstants?.loss_bound;
  if (trivial === undefined) return proxy;
  // Ensembles of several sizes have one training, and one term.
  const byTraining = new Map(points.map(({ score }) => [trainingKey(score), score.trials[0]?.complexity ?? null]));
  const terms = [...byTraining.values()].filter((term) => term !== null);
  const vacuous = terms.filter((term) => term > trivial).length;
  const loss = headingOf(snapshot.definition, 'loss');
  return (
    `${proxy} A bound on the ${loss} says nothing where it is above ${formatNumber(trivial)}, the largest loss that knowing nothing costs: ` +
    `the term alone is so for ${vacuous} of ${formatCount(terms.length, 'training configuration')} (vacuous).`
  );
}

function gapFigure(
  { snapshot }: SweepMaterial,
  points: readonly GapPoint[],
  { name, heading, of }: SizeMeasure,
): readonly Figure[] {
  const label = configurationLabels(snapshot);
  const loss = headingOf(snapshot.definition, 'loss');
  const drawn = points.flatMap(({ score, gap, lower, upper }) => {
    const x = of(score);
    return x === null ? [] : [{ x, y: gap, lower, upper, name: label(score) }];
  });
  if (drawn.length === 0) return [];
  return [
    {
      kind: 'figure',
      name: name === 'complexity' ? 'bound-and-gap' : 'estimated-bound-and-gap',
      caption: `Measured gap in ${loss} (evaluated minus train) against ${heading}`,
      chart: {
        description: `${formatCount(drawn.length, 'configuration')}, with 95 % intervals over seeds alone (Student): of the train and the evaluated rows, which are samples too, they say nothing.`,
        x: { label: heading, scale: scaleFor(drawn.map(({ x }) => x)) },
        y: { label: `${loss} evaluated − train`, scale: 'linear' },
        series: [{ name: 'configurations', marks: 'points', points: drawn }],
        references: [{ name: 'no gap', at: 0 }],
      },
    },
  ];
}

/** Table of the sizes that could go with the gap, and how far each does. */
function correlationTable(points: readonly GapPoint[], measures: readonly SizeMeasure[]): Table {
  const cell = (text: string, value: Cell['value'] = text): Cell => ({ text, value });
  const rows = measures.flatMap(({ heading, of }) => {
    const pairs = points.flatMap(({ score, gap }) => {
      const size = of(score);
      return size === null ? [] : [{ size, gap, training: trainingKey(score) }];
    });
    if (pairs.length === 0) return [];
    const sizes = pairs.map(({ size }) => size);
    const found = rankCorrelation(
      sizes,
      pairs.map(({ gap }) => gap),
      pairs.map(({ training }) => training),
    );
    const interval =
      found === null || found.lower === null || found.upper === null
        ? '–'
        : `${found.lower.toFixed(2)} to ${found.upper.toFixed(2)}`;
    return [
      [
        cell(heading),
        cell(String(new Set(sizes).size), new Set(sizes).size),
        cell(found === null ? '–' : found.rho.toFixed(2), found?.rho ?? null),
        cell(interval, found?.lower ?? null),
        cell(String(pairs.length), pairs.length),
        cell(String(found?.clusters ?? 0), found?.clusters ?? 0),
      ],
    ];
  });
  return {
    kind: 'table',
    name: 'gap-correlations',
    caption:
      'Rank correlation (Spearman) of the measured gap with what could bound it, over configurations; 95 % by a bootstrap over training configurations, whose ensembles are drawn together',
    columns: [
      { name: 'measure', heading: 'measure', align: 'left' },
      { name: 'values', heading: 'values', align: 'right' },
      { name: 'rho', heading: 'ρ', align: 'right' },
      { name: 'interval', heading: '95 %', align: 'right' },
      { name: 'configurations', heading: 'configurations', align: 'right' },
      { name: 'trainings', heading: 'of so many trainings', align: 'right' },
    ],
    rows,
  };
}
