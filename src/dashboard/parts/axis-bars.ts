import { formatCount } from '../../base/format-count.ts';
import { formatMeasure } from '../../metrics/metrics.ts';
import type { SweepSnapshot } from '../../store/views/sweep-snapshot.ts';
import { type AxesModel, type Axis, bestLevel, pairedLevels, type PairedLevel } from './axis-model.ts';
import { intervalBars } from '../charts/interval-bars.ts';
import type { StyledLine } from '../terminal/styled-line.ts';
import { drawnName } from '../tables/view-columns.ts';

/** What the levels of an axis do to the score: differences within pairs where there are any, else their means. */
export function axisBars(
  model: AxesModel,
  axis: Axis,
  snapshot: SweepSnapshot,
  width: number,
  height: number,
): readonly StyledLine[] {
  const { score } = model;
  const paired = pairedLevels(model, axis);
  const title = `${drawnName(snapshot, score)} by ${drawnName(snapshot, axis.name)}`;
  const best = bestLevel(axis.effect.levels, score);
  const marked = (name: string) => ({ name, isBest: name === best });
  if (paired !== null) {
    const [first] = model.effects.get(axis.name)?.values ?? [];
    const caption = `${title}: difference from ${first?.text ?? ''}, 95 % over ${overWords(paired)}`;
    const bars = paired.map((level) => ({
      ...marked(level.value),
      ...(level.difference ?? { mean: 0, lower: null, upper: null }),
      text: pairedText(score, level, first?.text ?? ''),
    }));
    return intervalBars(caption, bars, width, height);
  }
  const bars = axis.effect.levels.map(({ value, score: { mean, lower, upper, count } }) => {
    const interval =
      lower === null || upper === null ? '' : ` (${formatMeasure(score, lower)} to ${formatMeasure(score, upper)})`;
    return { ...marked(value), mean, lower, upper, text: `${formatMeasure(score, mean)}${interval} n=${count}` };
  });
  return intervalBars(`${title}, mean and 95 % over all n trials of each`, bars, width, height);
}

/** The repeats that the intervals are over: where they differ, the fewest. */
function overWords(levels: readonly PairedLevel[]): string {
  const kinds = new Set(levels.flatMap((one) => (one.difference === null ? [] : [one.over])));
  const [only = 'seeds and rows'] = kinds;
  if (kinds.size < 2) return only;
  return kinds.has('seeds') ? 'seeds' : 'seeds and rows';
}

function pairedText(score: string, { text, mean, difference, pairs }: PairedLevel, first: string): string {
  if (text === first) return `${formatMeasure(score, mean)} mean`;
  if (difference === null) return `${formatMeasure(score, mean)} mean, no pair`;
  return `${signedText(score, difference)} ${formatCount(pairs, 'pair')}`;
}

function signedText(score: string, { mean, lower, upper }: NonNullable<PairedLevel['difference']>): string {
  const signed = (value: number): string => `${value < 0 ? '−' : '+'}${formatMeasure(score, Math.abs(value))}`;
  return lower === null || upper === null ? signed(mean) : `${signed(mean)} (${signed(lower)} to ${signed(upper)})`;
}
