import { captionRule, type StyledLine } from '../styled-line.ts';
import { plotCaption, tradeoffPlot } from '../tradeoff-plot.ts';
import { tradeoff, type Tradeoff } from '../tradeoff.ts';
import { snapshotView } from './view.ts';

/** The scatter alone. */
export const tradeoffView = snapshotView({
  name: 'trade-off',
  key: '3',
  help: 'the objective against complexity',
  eventsBelow: true,
  rows: () => 0,
  visible: () => 0,
  draw: (_, { snapshot, width, height }) => plotBlock(tradeoff(snapshot), width, height),
});

/** Caption, plot and axis in exactly so many rows. */
export function plotBlock(trade: Tradeoff, width: number, height: number): readonly StyledLine[] {
  const lines = [captionRule(plotCaption(trade, width - 6), width), ...tradeoffPlot(trade, width, height - 1)];
  return Array.from({ length: height }, (_, row) => lines[row] ?? []);
}
