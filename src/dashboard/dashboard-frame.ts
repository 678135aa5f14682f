import type { SweepSnapshot } from '../store/views/sweep-snapshot.ts';
import { type Banner, bannerLines, eventLines } from './parts/event-lines.ts';
import { frameLayout, smallestHeight, smallestWidth } from './terminal/frame-layout.ts';
import { header } from './parts/header.ts';
import { keyHelp, keyHints } from './input/key-bindings.ts';
import type { ShownPrompt } from './input/prompt.ts';
import {
  captionRule,
  clipLine,
  clipText,
  joinWhatFits,
  printable,
  span,
  spread,
  type StyledLine,
} from './terminal/styled-line.ts';
import { textWidth } from './terminal/text-width.ts';
import { tabLine } from './parts/view-tabs.ts';
import type { ViewState } from './view-state.ts';
import type { ReadView } from './views/view.ts';
import { viewNamed } from './views/views.ts';

export interface DashboardFrameProps {
  /** Null before the first reading. */
  readonly snapshot: SweepSnapshot | null;
  readonly view: ViewState;
  /** The view's reading; null before its first. */
  readonly read: ReadView | null;
  /** Whether that is still of what was asked for before. */
  readonly reading: boolean;
  readonly banner: Banner | null;
  /** The line that is typed in the keys' place; null: none is open. */
  readonly prompt: ShownPrompt | null;
  readonly now: Date;
  /** Whether tabs for a mouse stand in the keys' place; absent: no. */
  readonly tabs?: boolean;
  readonly width: number;
  readonly height: number;
}

/** The whole screen: exactly `height` rows, none wider than `width`. */
export function dashboardFrame(props: DashboardFrameProps): readonly StyledLine[] {
  const { snapshot, view, prompt, width, height } = props;
  const problem = prompt?.problem ?? null;
  const banner = problem === null ? props.banner : { text: problem, urgent: true };
  const layout = frameLayout(viewNamed(view.view).eventsBelow, width, height);
  if (layout === null) return block(tooSmall(snapshot, prompt, width), width, height);
  // A view that shows the events itself gives its last row to a banner, and every view those that a long one needs.
  const told = Math.max(layout.events, bannerLines(banner, width).length);
  const foot = prompt?.draw(width) ?? [props.tabs === true ? tabLine(view.view, width) : keyLine(props)];
  // A question of several lines has them from the body.
  const body = Math.max(0, layout.body + layout.events - told - (foot.length - layout.keys));
  return [
    ...block(headerLines(props), width, layout.header),
    ...block(bodyLines(props, body), width, body),
    ...block(eventLines(snapshot, banner, width, told), width, told),
    ...block(foot, width, foot.length),
  ];
}

/** Exactly so many rows: what is beyond them, or beyond the width, is not drawn. */
function block(lines: readonly StyledLine[], width: number, height: number): readonly StyledLine[] {
  return Array.from({ length: height }, (_, row) => clipLine(lines[row] ?? [], width));
}

function bodyLines({ snapshot, view, read, now, width }: DashboardFrameProps, height: number) {
  if (view.help) return helpLines(view.helpOffset, width, height);
  if (snapshot === null) return [];
  if (read === null) return [[span(clipText(`reading ${view.view}`, width), 'faint')]];
  return read.draw({ snapshot, state: view, now, width, height });
}
function headerLines({ snapshot, now, width }: DashboardFrameProps): readonly StyledLine[] {
  if (snapshot === null)
    return [[span('dropsweep', 'heading')], [span(clipText('waiting for PostgreSQL', width), 'faint')]];
  return header(snapshot, now, width);
}

function keyLine({ reading, read, view, width }: DashboardFrameProps): StyledLine {
  const hints = keyHints(viewNamed(view.view)).map(
    ([key, meaning]): StyledLine => [span(key, 'heading'), span(` ${meaning}`, 'faint')],
  );
  const hintsIn = (room: number): StyledLine => joinWhatFits(hints, '  ', room);
  if (reading && read !== null) return spread(hintsIn(width - 9), [span('reading …', 'accent')], width);
  return hintsIn(width);
}

function helpLines(offset: number, width: number, height: number): readonly StyledLine[] {
  const room = Math.max(1, height - 1);
  const from = Math.max(0, Math.min(offset, keyHelp.length - room));
  const shown = keyHelp.slice(from, from + room);
  const rows = shown.map(
    ([keys, meaning]): StyledLine => clipLine([span(keys.padEnd(12), 'heading'), span(meaning)], width),
  );
  const range = shown.length === keyHelp.length ? '' : ` ${from + 1}–${from + shown.length} of ${keyHelp.length}, j k`;
  return [captionRule(`keys${range}`, width), ...rows];
}

/** One line, the longest wording that fits. What is typed into a question that nobody sees leads out of it first. */
function tooSmall(snapshot: SweepSnapshot | null, prompt: ShownPrompt | null, width: number): readonly StyledLine[] {
  const name = snapshot === null ? 'dropsweep' : `${snapshot.name}: ${snapshot.state}`;
  const needs = `needs ${smallestWidth}×${smallestHeight}`;
  const outs = prompt === null ? ['q leaves'] : ['esc closes the line', 'esc'];
  const wordings = [`${name}, ${needs}, ${outs[0]}`, ...outs.map((out) => `${needs}, ${out}`), needs];
  const fitting = wordings.find((wording) => textWidth(printable(wording)) <= width);
  return [[span(fitting ?? clipText(needs, width), 'heading')]];
}
