import type { StepValue } from '../../store/views/step-values.ts';
import { formatBytes } from '../../base/format-bytes.ts';
import { brailleChart, type ChartPoint } from '../charts/braille-chart.ts';
import { formatQuantity } from '../../metrics/values/format-value.ts';
import type { TrainingCurves } from '../reading/view-source.ts';
import { lineOf, type PanelsOf, pointsOf } from './panel.ts';

/** What was recorded of the steps, in the order that it is drawn in. */
const series = [
  ['loss', 'training loss'],
  ['gradient_norm', 'gradient norm'],
  ['learning_rate', 'learning rate'],
] as const;

const overlaidTones = ['series1', 'series3', 'series4', 'series6'] as const;

export const stepPanels: PanelsOf = ({ trial, steps, over }) =>
  series.flatMap(([name, title], index) => {
    const values = steps[name] ?? [];
    const of = index === 0 ? `trial ${trial.trial}, ` : '';
    if (values.length === 0 && index > 0) return [];
    return [
      lineOf(`${of}${title}`, pointsOf(values), 'step', formatQuantity, {
        label: `#${trial.trial}`,
        others: over.map((other, place) => ({
          points: pointsOf(other.steps[name] ?? []),
          label: `#${other.trial.trial}`,
          tone: overlaidTones[place] ?? 'plain',
        })),
      }),
    ];
  });

/** Points that a rate is drawn with, at most: single steps take times that tell little. */
const ratePoints = 60;

/** Tokens a second, or steps where the trainer counts no tokens. */
export const ratePanels: PanelsOf = ({ steps }) => {
  const seconds = steps['step_seconds'] ?? [];
  if (seconds.length === 0) return [];
  const { tokens } = steps;
  const counted = tokens !== undefined && tokens.length === seconds.length;
  const rates = ratesOf(counted ? tokens : seconds.map(({ step }) => ({ step, value: 1 })), seconds);
  return [lineOf(counted ? 'tokens/s' : 'steps/s', rates, 'step', formatQuantity)];
};

/** Over as many steps at once as leave so many points; each at the last of its steps. */
function ratesOf(amounts: readonly StepValue[], seconds: readonly StepValue[]): readonly ChartPoint[] {
  const together = Math.ceil(seconds.length / ratePoints);
  const sum = (values: readonly StepValue[], from: number): number =>
    values.slice(from, from + together).reduce((total, { value }) => total + value, 0);
  return Array.from({ length: Math.ceil(seconds.length / together) }, (_, part) => {
    const from = part * together;
    const last = seconds[Math.min(seconds.length, from + together) - 1];
    return { x: last?.step ?? 0, y: sum(amounts, from) / sum(seconds, from) };
  });
}

/** Physical memory of the trainer process, which trains all of a bundle. */
export const memoryPanels: PanelsOf = ({ steps }: TrainingCurves) => {
  const values = steps['memory_bytes'] ?? [];
  if (values.length === 0) return [];
  const points = pointsOf(values);
  const { captions } = lineOf('memory of the trainer', points, 'step', formatBytes);
  return [
    {
      captions,
      draw: (width, height) => brailleChart({ points, xName: 'step', format: formatBytes, width, height }),
    },
  ];
};
