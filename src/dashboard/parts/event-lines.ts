import type { SweepSnapshot } from '../../store/views/sweep-snapshot.ts';
import { formatClock } from '../../metrics/values/format-value.ts';
import { clipLine, span, type StyledLine } from '../terminal/styled-line.ts';
import { wrapWords } from '../../base/wrap-words.ts';

/** A line that stands above the keys for a moment: an answer to a key, or that the database is away. */
export interface Banner {
  readonly text: string;
  readonly urgent: boolean;
  /** Stands for as long as something lasts: it has one line, and is cut at the terminal's width. */
  readonly lasting?: boolean;
}

/** Lines that a banner may have: one that says why not, and what to do, is to be read to its end. */
const bannerRows = 3;

/** A banner, broken between words where it is wider than the terminal. */
export function bannerLines(banner: Banner | null, width: number): readonly StyledLine[] {
  if (banner === null) return [];
  const { text, urgent, lasting = false } = banner;
  const whole = urgent ? `! ${text}` : text;
  const words = lasting ? [whole] : wrapWords(whole, width);
  const rest = words.slice(bannerRows - 1).join(' ');
  const lines = words.length <= bannerRows ? words : [...words.slice(0, bannerRows - 1), rest];
  return lines.map((line) => clipLine([span(line, urgent ? 'loud' : 'accent')], width));
}

/** The newest events, newest last, in exactly `height` lines; a banner takes the last ones. */
export function eventLines(
  snapshot: SweepSnapshot | null,
  banner: Banner | null,
  width: number,
  height: number,
): readonly StyledLine[] {
  const told = bannerLines(banner, width).slice(0, height);
  const room = height - told.length;
  const newest = [...(snapshot?.recentEvents ?? [])].sort((a, b) => a.at.getTime() - b.at.getTime()).slice(-room);
  const lines: StyledLine[] = (room > 0 ? newest : []).map(({ at, text }) =>
    clipLine([span(`${formatClock(at)} `, 'faint'), span(text)], width),
  );
  while (lines.length < room) lines.unshift([]);
  return [...lines, ...told];
}
