import { formatCount } from '../../base/format-count.ts';
import type { ReliabilityBin } from '../../metrics/values/evaluation-metrics.ts';
import type { ChartSeries } from '../charts/chart.ts';
import { type ConfigurationScore, configurationScores } from '../comparing/configuration-scores.ts';
import { shownScores } from '../comparing/judgement.ts';
import { configurationLabels } from './configuration-label.ts';
import type { ReportSection } from './section.ts';
import { firstObjective } from '../comparing/first-objective.ts';

/** Configurations that are drawn beside LoRA without dropout: more lines than these hide one another. */
const mostDrawn = 3;

export const reliabilitySection: ReportSection = {
  name: 'reliability',
  heading: 'Reliability',
  build({ snapshot }) {
    const { shown, baseline } = shownScores(configurationScores(snapshot.trials), firstObjective(snapshot), mostDrawn);
    const scores = [...new Set([...shown, ...(baseline === null ? [] : [baseline])])];
    const label = configurationLabels(snapshot);
    const series = scores.flatMap((score): readonly ChartSeries[] => {
      const bins = pooledBins(score).filter(({ count }) => count > 0);
      if (bins.length === 0) return [];
      const points = bins.map(({ confidence, accuracy, count }) => ({
        x: confidence,
        y: accuracy,
        name: formatCount(count, 'row'),
      }));
      return [{ name: label(score), marks: 'line with points', points }];
    });
    if (series.length === 0) return null;
    return [
      {
        kind: 'figure',
        name: 'reliability',
        caption: 'Share that is right, by confidence',
        chart: {
          description: `Fifteen bins of equal width of the confidence, the rows of all seeds together; on the diagonal a prediction is right as often as it claims. ${series.map(overconfidence).join(' ')}`,
          x: { label: 'mean confidence', scale: 'linear', shows: [0, 1] },
          y: { label: 'share that is right', scale: 'linear', shows: [0, 1] },
          series,
          references: [{ name: 'calibrated', at: 'diagonal' }],
        },
      },
    ];
  },
};

/** The bins of all seeds, their rows together. */
function pooledBins({ trials }: ConfigurationScore): readonly ReliabilityBin[] {
  const all = trials.flatMap(({ metrics }) => (metrics?.reliability === undefined ? [] : [metrics.reliability]));
  return (all[0] ?? []).map((bin, index) => {
    const same = all.flatMap((bins) => bins[index] ?? []);
    const count = same.reduce((sum, one) => sum + one.count, 0);
    const mean = (of: (one: ReliabilityBin) => number): number =>
      count === 0 ? 0 : same.reduce((sum, one) => sum + of(one) * one.count, 0) / count;
    return { ...bin, count, confidence: mean((one) => one.confidence), accuracy: mean((one) => one.accuracy) };
  });
}

function overconfidence({ name, points }: ChartSeries): string {
  const over = points.filter(({ x, y }) => Number(x) > y).length;
  return `${name} is overconfident in ${over} of ${formatCount(points.length, 'bin')}.`;
}
