import type { StepValue } from '../../store/views/step-values.ts';
import { formatCount } from '../../base/format-count.ts';
import { evaluatedNumber } from '../../metrics/values/evaluation-metrics.ts';
import { meanOf } from '../../stats/mean-of.ts';
import { headingOf } from '../../tasks/task-metrics.ts';
import type { ChartPoint, ChartSeries } from '../charts/chart.ts';
import { type ConfigurationScore, configurationScores } from '../comparing/configuration-scores.ts';
import type { Figure } from '../document/document.ts';
import { paragraph } from '../document/document.ts';
import { configurationLabels } from './configuration-label.ts';
import type { SweepMaterial, TrainingCurve } from './material.ts';
import type { ReportSection } from './section.ts';
import { shownScores } from '../comparing/judgement.ts';
import { shownCurves } from './material.ts';
import { firstObjective } from '../comparing/first-objective.ts';

/** Points that a curve is drawn by. */
const mostPoints = 120;

export const curvesSection: ReportSection = {
  name: 'learning-curves',
  heading: 'Learning curves',
  build(material) {
    const shown = curvedScores(material);
    const figures = [...lossFigure(material, shown), ...evaluatedFigure(material, shown)];
    if (figures.length === 0) return null;
    return [
      paragraph(
        'Of the best configurations, and of LoRA without dropout: the mean over seeds. The training loss holds the penalties that are trained with, and is smoothed over a hundredth of the steps.',
      ),
      ...figures,
    ];
  },
};

/** The configurations whose curves are drawn: the best, and LoRA without dropout. */
export function curvedScores({ snapshot }: Pick<SweepMaterial, 'snapshot'>): readonly ConfigurationScore[] {
  const { shown, baseline } = shownScores(configurationScores(snapshot.trials), firstObjective(snapshot), 10);
  // Evaluations of one training share its curve.
  const first = new Map<string, ConfigurationScore>();
  for (const score of [...shown, ...(baseline === null ? [] : [baseline])]) {
    const key = score.trials.map(({ trainingId }) => trainingId).join(' ');
    if (!first.has(key)) first.set(key, score);
  }
  const scores = [...first.values()];
  const kept = scores.slice(0, shownCurves);
  return baseline === null || kept.some(({ trials: [one] }) => one?.trainingId === baseline.trials[0]?.trainingId)
    ? kept
    : [...kept, ...scores.slice(-1)];
}

function lossFigure(material: SweepMaterial, shown: readonly ConfigurationScore[]): readonly Figure[] {
  const label = configurationLabels(material.snapshot);
  const series = shown.flatMap((score): readonly ChartSeries[] => {
    const curves = curvesOf(material, score).filter(({ loss }) => loss.length > 1);
    const points = meanCurve(curves.map(({ loss }) => loss));
    return points.length === 0 ? [] : [{ name: label(score), marks: 'line', points }];
  });
  if (series.length === 0) return [];
  const ends = series.map(({ name, points }) => `${name} ends at ${(points.at(-1)?.y ?? 0).toPrecision(3)}`);
  return [
    {
      kind: 'figure',
      name: 'train-loss',
      caption: 'Training loss by step',
      chart: {
        description: `${ends.join('; ')}.`,
        x: { label: 'step', scale: 'linear' },
        y: { label: 'training loss', scale: 'linear' },
        series,
      },
    },
  ];
}

/** Mean over seeds of windows of steps, with the least and the greatest seed around it. */
function meanCurve(curves: readonly (readonly StepValue[])[]): readonly ChartPoint[] {
  const steps = Math.min(...curves.map((curve) => curve.at(-1)?.step ?? 0));
  if (curves.length === 0 || steps < 2) return [];
  const width = Math.max(1, Math.ceil(steps / mostPoints));
  const points: ChartPoint[] = [];
  for (let start = 0; start < steps; start += width) {
    const end = Math.min(steps, start + width);
    const values = curves.flatMap((curve) => {
      const within = curve.filter(({ step }) => step > start && step <= end).map(({ value }) => value);
      return within.length === 0 ? [] : [meanOf(within)];
    });
    if (values.length === 0) continue;
    points.push({
      x: end,
      y: meanOf(values),
      ...(curves.length < 2 ? {} : { lower: Math.min(...values), upper: Math.max(...values) }),
    });
  }
  return points;
}

function evaluatedFigure(material: SweepMaterial, shown: readonly ConfigurationScore[]): readonly Figure[] {
  const { snapshot } = material;
  const { metric } = firstObjective(snapshot);
  const heading = headingOf(snapshot.definition, metric);
  const label = configurationLabels(snapshot);
  const series = shown.flatMap((score): readonly ChartSeries[] => {
    const byStep = new Map<number, number[]>();
    for (const { evaluated } of curvesOf(material, score)) {
      for (const { step, metrics } of evaluated) {
        const value = evaluatedNumber(metrics, metric);
        if (value !== null) byStep.set(step, [...(byStep.get(step) ?? []), value]);
      }
    }
    const points = [...byStep].sort(([a], [b]) => a - b).map(([step, values]) => ({ x: step, y: meanOf(values) }));
    return points.length < 2 ? [] : [{ name: label(score), marks: 'line with points', points }];
  });
  if (series.length === 0) return [];
  return [
    {
      kind: 'figure',
      name: 'evaluated-on-the-way',
      caption: `${heading} of evaluations on the way, by step`,
      chart: {
        description: `${formatCount(series.length, 'configuration')} ${series.length === 1 ? 'was' : 'were'} evaluated on their way.`,
        x: { label: 'step', scale: 'linear' },
        y: { label: heading, scale: 'linear' },
        series,
      },
    },
  ];
}

function curvesOf({ curves }: SweepMaterial, { trials }: ConfigurationScore): readonly TrainingCurve[] {
  return trials.flatMap(({ trainingId }) => curves.get(trainingId) ?? []);
}
