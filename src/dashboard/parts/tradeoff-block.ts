import { outsideText } from '../charts/outliers.ts';
import { scatterPlot, seenOf } from '../charts/scatter-plot.ts';
import { captionRule, clipText, span, type StyledLine } from '../terminal/styled-line.ts';
import type { Tradeoff } from './tradeoff.ts';

/** Columns of a caption's rule beside its text. */
const captionMargin = 6;

/** A sweep's trade-off under a caption, in exactly so many rows: dots for configurations, and the front joined. */
export function tradeoffBlock(trade: Tradeoff, width: number, height: number): readonly StyledLine[] {
  const { points, front } = trade;
  const scatter = { points, front, cursor: -1, categories: [], xName: 'complexity', logX: false, logY: false };
  const plot =
    points.length === 0
      ? [[], [span(clipText('no configuration is scored yet', width), 'faint' as const)]]
      : scatterPlot(scatter, width, height - 1);
  const caption = captionRule(tradeoffCaption(trade, width - captionMargin), width);
  return Array.from({ length: height }, (_, row) => (row === 0 ? caption : (plot[row - 1] ?? [])));
}

/** What is drawn: the longest wording that fits. What lies outside is in all of them. */
export function tradeoffCaption(trade: Tradeoff, width: number): string {
  const { heading, points, front, missing, mixedNumerics } = trade;
  const title = `${heading} by complexity${mixedNumerics ? ' (MIXED NUMERICS)' : ''}`;
  const outside = points.length === 0 ? '' : outsideText(seenOf({ points, front, logY: false }));
  const told = outside === '' ? '' : `, ${outside}`;
  const legend = `${title}, means over seeds: ● front of ${front.length}`;
  const wordings = [
    ...(missing > 0 ? [`${legend}, ${missing} not scored${told}`] : []),
    `${legend}${told}`,
    `${title}, means: ● front${told}`,
    `${title}${told}`,
  ];
  const fitting = wordings.find((wording) => wording.length <= width);
  return fitting ?? clipText(outside === '' ? title : `${outside}: ${title}`, width);
}
