import { brailleChart } from '../charts/braille-chart.ts';
import { fitText, span, type StyledLine } from '../terminal/styled-line.ts';
import type { PanelsOf } from './panel.ts';

/** How often what was said with a certainty was right, against the diagonal of one that is well calibrated. */
export const reliabilityPanels: PanelsOf = ({ trial: { metrics } }) => {
  const bins = (metrics?.reliability ?? []).filter(({ count }) => count > 0);
  if (bins.length < 2) return [];
  const percent = (share: number): number => Math.round(1000 * share) / 10;
  const points = bins.map(({ confidence, accuracy }) => ({ x: percent(confidence), y: percent(accuracy) }));
  const diagonal = { points: points.map(({ x }) => ({ x, y: x })), label: 'ideal', tone: 'faint' as const };
  const captions = ['reliability: right % by confidence %', 'reliability'];
  return [
    {
      captions,
      draw: (width, height) => brailleChart({ points, label: 'this', others: [diagonal], xName: '%', width, height }),
    },
  ];
};

/** Panels of the share of each class's rows that was found. */
export const recallPanels: PanelsOf = ({ trial: { metrics } }) => {
  const recalls = metrics?.['recall_per_class'];
  if (typeof recalls !== 'object' || recalls === null || Array.isArray(recalls)) return [];
  const entries = Object.entries(recalls).filter(([, value]) => typeof value === 'number');
  if (entries.length < 2) return [];
  const names = Math.max(...entries.map(([name]) => name.length));
  return [
    {
      captions: ['recall of each class', 'recall'],
      draw: (width, height) => {
        const room = Math.max(4, Math.min(40, width - Math.min(names, 20) - 9));
        return entries.slice(0, height).map(([name, value]): StyledLine => {
          const filled = Math.round(Number(value) * room);
          return [
            span(`${fitText(name, Math.min(names, 20))} `),
            span('█'.repeat(filled), 'accent'),
            span('·'.repeat(room - filled), 'faint'),
            span(` ${Number(value).toFixed(3)}`),
          ];
        });
      },
    },
  ];
};
