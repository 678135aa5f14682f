import { evaluatedNumber, type Measurements } from '../../metrics/values/evaluation-metrics.ts';
import { formatMeasure, measure } from '../../metrics/metrics.ts';
import { headingOf, shownGap, tradeoffObjective } from '../../tasks/task-metrics.ts';
import { formatQuantity } from '../../metrics/values/format-value.ts';
import { lineOf, type PanelsOf } from './panel.ts';

/** Panels of the evaluations on a training's way. */
export const onTheWayPanels: PanelsOf = ({ trial, onTheWay }, { definition }) => {
  const { metric } = tradeoffObjective(definition);
  const points = onTheWay.map(({ step, metrics }) => ({ x: step, y: scored({ ...trial, metrics }, metric) }));
  const heading = headingOf(definition, metric);
  return points.length > 1 ? [lineOf(`${heading} on its way`, points, 'step', (y) => formatMeasure(metric, y))] : [];
};

/** By the ensemble's size: over draws of the masks where the members' outputs are there, else what was evaluated. */
export const membersPanels: PanelsOf = ({ trial, byMembers, outputs }, { definition }) => {
  const { metric } = tradeoffObjective(definition);
  const heading = headingOf(definition, metric);
  const format = (y: number): string => formatMeasure(metric, y);
  const drawn = outputs?.byMembers ?? [];
  if (drawn.length > 1) {
    // Of all members at once there is one draw.
    const bound = (side: 'lower' | 'upper', label: string) => ({
      points: drawn.flatMap((point) => (point[side] === null ? [] : [{ x: point.members, y: point[side] }])),
      label,
      tone: 'faint' as const,
    });
    const points = drawn.map(({ members, mean }) => ({ x: members, y: mean }));
    const others = [bound('upper', '95 %'), bound('lower', '')];
    const line = lineOf(`${heading} by members`, points, 'M', format, { label: 'mean', others });
    const [longest = ''] = line.captions;
    return [
      {
        ...line,
        captions: [
          `${longest}, 95 % of draws of the masks`,
          `${heading} by members, 95 % of draws of the masks`,
          `${heading} by M, 95 % of mask draws`,
          ...line.captions,
        ],
      },
    ];
  }
  const points = byMembers.map(({ members, metrics }) => ({ x: members, y: scored({ ...trial, metrics }, metric) }));
  return points.length > 1 ? [lineOf(`${heading} by members`, points, 'M', format)] : [];
};

export const gapPanels: PanelsOf = ({ onTheWay }, { definition }) => {
  const { metric } = tradeoffObjective(definition);
  const gapOf = shownGap(definition) ?? '';
  const gaps = onTheWay.flatMap(({ step, metrics }) => {
    const y = evaluatedNumber(metrics, gapOf);
    return y === null ? [] : [{ x: step, y }];
  });
  const title = `gap of ${headingOf(definition, metric)} on its way`;
  return gaps.length > 1 ? [lineOf(title, gaps, 'step', formatQuantity)] : [];
};

function scored(of: Parameters<typeof measure>[0] & { readonly metrics: Measurements }, metric: string): number {
  return measure(of, metric) ?? Number.NaN;
}
