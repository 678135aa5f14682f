import { formatCount } from '../../base/format-count.ts';
import { canonicalJson } from '../../base/canonical-json.ts';
import { formatMeasure, measure } from '../../metrics/metrics.ts';
import { headingOf } from '../../tasks/task-metrics.ts';
import type { ChartSeries } from '../charts/chart.ts';
import { type ConfigurationScore, configurationScores, scoreInterval } from '../comparing/configuration-scores.ts';
import type { Cell, Figure, Table } from '../document/document.ts';
import { paragraph } from '../document/document.ts';
import { rankScores } from '../comparing/judgement.ts';
import { membersCurve, mostMembers } from '../noise/seeds-and-members.ts';
import { shownInterval } from '../tables/score-columns.ts';
import { configurationLabels } from './configuration-label.ts';
import { shownBest, type SweepMaterial } from './material.ts';
import type { ReportSection } from './section.ts';
import { firstObjective } from '../comparing/first-objective.ts';

const mostDrawn = 5;

export const ensembleSection: ReportSection = {
  name: 'ensemble-size',
  heading: 'Ensemble size M',
  build(material) {
    const { metric } = firstObjective(material.snapshot);
    const metrics = [...new Set([metric, 'loss'])];
    const figures = [
      ...metrics.flatMap((shown) => curveFigure(material, shown)),
      ...metrics.flatMap((shown) => drawnFigure(material, shown)),
    ];
    const sides = twoSides(material);
    if (figures.length === 0 && sides.length === 0) return null;
    return [
      paragraph(
        'Members are nested: the first four of M = 8 are M = 4. By Theorem 4.5 the loss of the averaged outputs is at most the members’ mean loss.',
      ),
      ...figures,
      ...sides,
    ];
  },
};

/** Scores of one training configuration that differ in M alone. */
function families(scores: readonly ConfigurationScore[]): readonly (readonly ConfigurationScore[])[] {
  const groups = new Map<string, ConfigurationScore[]>();
  for (const score of scores) {
    const { ensemble_size: _, ...evaluation } = score.evaluation;
    const { seed: _seed, ...training } = score.training;
    const key = canonicalJson({ training, evaluation });
    groups.set(key, [...(groups.get(key) ?? []), score]);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

function curveFigure(material: SweepMaterial, metric: string): readonly Figure[] {
  const { snapshot, noise } = material;
  const heading = headingOf(snapshot.definition, metric);
  const label = configurationLabels(snapshot);
  const ranked = rankScores(configurationScores(snapshot.trials), firstObjective(snapshot));
  const series = families(ranked)
    .slice(0, mostDrawn)
    .flatMap((group): readonly ChartSeries[] => {
      const ordered = group.toSorted((a, b) => a.evaluation.ensemble_size - b.evaluation.ensemble_size);
      const points = ordered.flatMap((score) => {
        const interval = shownInterval(score, metric, noise);
        if (interval === null) return [];
        return [{ x: score.evaluation.ensemble_size, y: interval.mean, lower: interval.lower, upper: interval.upper }];
      });
      const [first] = ordered;
      const name = first === undefined ? '' : label(first).replace(/, M \d+|^M \d+, /, '');
      return points.length < 2 ? [] : [{ name, marks: 'line with points', points }];
    });
  if (series.length === 0) return [];
  const changes = series.map(({ name, points }) => {
    const [first, last] = [points[0], points.at(-1)];
    return `${name}: from ${first?.y.toPrecision(4)} at M ${first?.x} to ${last?.y.toPrecision(4)} at M ${last?.x}.`;
  });
  return [
    {
      kind: 'figure',
      name: metric === 'loss' ? 'm-curve-loss' : 'm-curve',
      caption: `${heading} by ensemble size M`,
      chart: {
        description: changes.join(' '),
        x: { label: 'M', scale: 'linear' },
        y: { label: heading, scale: 'linear' },
        series,
      },
    },
  ];
}

/** One training's members, drawn again and again: how the size and the masks matter. */
function drawnFigure({ snapshot, outputs }: SweepMaterial, metric: string): readonly Figure[] {
  const largest = mostMembers(snapshot);
  const [first] = largest?.trials ?? [];
  const stored = first === undefined ? undefined : outputs.get(first.trial);
  if (largest === null || first === undefined || stored === undefined) return [];
  const heading = headingOf(snapshot.definition, metric);
  const points = membersCurve(stored, metric).map(({ members, mean, lower, upper }) => ({
    x: members,
    y: mean,
    lower,
    upper,
  }));
  if (points.length < 2) return [];
  const [one, all] = [points[0], points.at(-1)];
  return [
    {
      kind: 'figure',
      name: metric === 'loss' ? 'm-curve-draws-loss' : 'm-curve-draws',
      caption: `${heading} by ensemble size, over draws of the masks: trial ${first.trial}`,
      chart: {
        description:
          `One training (seed ${first.configuration.seed}) and its ${formatCount(stored.members.length, 'stored member')}. Of each size the mean over draws of so many, with where 95 % of draws lie. ` +
          `From ${one?.y.toPrecision(4)} of one member to ${all?.y.toPrecision(4)} of all.`,
        x: { label: 'M', scale: 'linear' },
        y: { label: heading, scale: 'linear' },
        series: [{ name: configurationLabels(snapshot)(largest), marks: 'line with points', points }],
      },
    },
  ];
}

/** Theorem 4.5's two sides: the loss of the averaged outputs, and the mean loss of the members. */
function twoSides({ snapshot }: SweepMaterial): readonly Table[] {
  const loss = headingOf(snapshot.definition, 'loss');
  const label = configurationLabels(snapshot);
  const ensembles = rankScores(configurationScores(snapshot.trials), firstObjective(snapshot)).filter(
    ({ evaluation }) => evaluation.ensemble_size > 1,
  );
  const sides = ensembles.flatMap((score) => {
    const [own, members] = [scoreInterval(score, 'loss'), scoreInterval(score, 'mean_member_loss')];
    return own === null || members === null ? [] : [{ score, own: own.mean, members: members.mean }];
  });
  if (sides.length === 0) return [];
  // One that lacks either side says nothing of the theorem, on whatever rows.
  const evaluations = snapshot.trials
    .filter(({ evaluation }) => evaluation.ensemble_size > 1)
    .flatMap((trial) => {
      const [own, members] = [measure(trial, 'loss'), measure(trial, 'mean_member_loss')];
      return own === null || members === null ? [] : [{ own, members }];
    });
  const held = evaluations.filter(({ own, members }) => own <= members);
  const cell = (value: number): Cell => ({ text: formatMeasure('loss', value), value });
  return [
    {
      kind: 'table',
      name: 'theorem-45',
      caption: `Theorem 4.5’s two sides of the best ${formatCount(Math.min(shownBest, sides.length), 'ensemble')}; the first is at most the second in ${held.length} of ${formatCount(evaluations.length, 'evaluation')}`,
      columns: [
        { name: 'configuration', heading: 'configuration', align: 'left' },
        { name: 'loss', heading: `${loss} of the mean`, align: 'right' },
        { name: 'mean_member_loss', heading: `mean ${loss} of members`, align: 'right' },
        { name: 'gain', heading: 'gain', align: 'right' },
      ],
      rows: sides
        .slice(0, shownBest)
        .map(({ score, own, members }) => [
          { text: label(score), value: label(score) },
          cell(own),
          cell(members),
          cell(members - own),
        ]),
    },
  ];
}
