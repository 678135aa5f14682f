import { captionRule, clipLine, span, type Span, type StyledLine } from '../terminal/styled-line.ts';
import type { ViewState } from '../view-state.ts';

export interface ChosenRows {
  readonly caption: string;
  /** Above the rows; null: none. */
  readonly headings: Span | null;
  /** Rows over all pages, and the place of the first that is here. */
  readonly total: number;
  readonly from: number;
  readonly rows: readonly StyledLine[];
  readonly state: Pick<ViewState, 'offset' | 'selected'>;
  readonly width: number;
  readonly height: number;
}

/** Rows of a list one of which is chosen, marked `>`, under a caption that says which of them these are. */
export function chosenRows(list: ChosenRows): readonly StyledLine[] {
  const { caption, headings, total, from, rows, state, width, height } = list;
  const room = Math.max(0, height - (headings === null ? 1 : 2));
  const skipped = Math.max(0, Math.min(state.offset - from, rows.length - room));
  const shown = rows.slice(skipped, skipped + room);
  const first = from + skipped;
  const range = total > shown.length && shown.length > 0 ? ` ${first + 1}–${first + shown.length} of ${total}` : '';
  return [
    captionRule(total === 0 ? `no ${caption}` : `${caption}${range}`, width),
    ...(headings === null ? [] : [clipLine([span('  '), headings], width)]),
    ...shown.map((line, row) =>
      clipLine([span(first + row === state.selected ? '> ' : '  ', 'accent'), ...line], width),
    ),
  ];
}
