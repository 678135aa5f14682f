import { cutLines } from '../terminal/cut-lines.ts';
import { captionRule, fitText, span, type StyledLine } from '../terminal/styled-line.ts';

/** A value with where its interval ends; null: nothing tells. */
export interface BarValue {
  readonly mean: number;
  readonly lower: number | null;
  readonly upper: number | null;
}

/** A row of bars: its name, what is drawn, and the same in words. */
export interface IntervalBar extends BarValue {
  readonly name: string;
  readonly text: string;
  readonly isBest: boolean;
}

/** Columns of a bar: with fewer it tells nothing, and with more than these no more. */
const leastRoom = 10;
const mostRoom = 60;

/** Values with their intervals on one scale, a row each; the best is marked `*`. Rows that do not fit are counted. */
export function intervalBars(
  caption: string,
  bars: readonly IntervalBar[],
  width: number,
  height: number,
): readonly StyledLine[] {
  const ends = bars.flatMap(({ mean, lower, upper }) => [mean, lower ?? mean, upper ?? mean]);
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const names = Math.max(...bars.map(({ name }) => name.length));
  const texts = Math.max(...bars.map(({ text }) => text.length));
  const room = Math.max(0, Math.min(mostRoom, width - names - texts - 6));
  const lines = bars.map(
    (bar): StyledLine => [
      span(bar.isBest ? '* ' : '  ', 'good'),
      span(`${fitText(bar.name, names, 'right')} `),
      span(room < leastRoom ? '' : `${drawn(bar, low, high, room)} `, 'accent'),
      span(bar.text),
    ],
  );
  return [captionRule(caption, width), ...cutLines(lines, height - 1)];
}

function drawn({ mean, lower, upper }: BarValue, low: number, high: number, room: number): string {
  const at = (value: number): number => (high > low ? Math.round(((value - low) / (high - low)) * (room - 1)) : 0);
  const [from, middle, to] = [at(lower ?? mean), at(mean), at(upper ?? mean)];
  return Array.from({ length: room }, (_, column) => {
    if (column === middle) return '●';
    return column >= from && column <= to ? '─' : ' ';
  }).join('');
}
