import type { SweepSnapshot } from '../store/views/sweep-snapshot.ts';
import { formatClock } from './terminal/format-value.ts';
import { clipLine, span, type StyledLine } from './terminal/styled-line.ts';

/** A line that stands above the keys for a moment: an answer to a key, or that the database is away. */
export interface Banner {
  readonly text: string;
  readonly urgent: boolean;
}

/** The newest events, newest last, in exactly `height` lines; a banner takes the last one. */
export function eventLines(
  snapshot: SweepSnapshot | null,
  banner: Banner | null,
  width: number,
  height: number,
): readonly StyledLine[] {
  const room = banner === null ? height : height - 1;
  const newest = [...(snapshot?.recentEvents ?? [])].sort((a, b) => a.at.getTime() - b.at.getTime()).slice(-room);
  const lines: StyledLine[] = (room > 0 ? newest : []).map(({ at, text }) =>
    clipLine([span(`${formatClock(at)} `, 'faint'), span(text)], width),
  );
  while (lines.length < room) lines.unshift([]);
  if (banner !== null && height > 0) {
    lines.push(
      clipLine([span(banner.urgent ? `! ${banner.text}` : banner.text, banner.urgent ? 'loud' : 'accent')], width),
    );
  }
  return lines;
}
