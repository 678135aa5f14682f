import { Box } from 'ink';
import type { ReactNode } from 'react';
import type { SweepSnapshot } from '../store/sweep-snapshot.ts';
import { eventLines, type Banner } from './event-lines.ts';
import { frameLayout, plotWidth, smallestHeight, smallestWidth, type FrameLayout } from './frame-layout.ts';
import { header } from './header.ts';
import { keyHelp, keyHints } from './key-bindings.ts';
import { slotList, slotSummary } from './slot-list.ts';
import { StyledLines } from './styled-lines.tsx';
import { captionRule, clipLine, clipText, joinWhatFits, span, type StyledLine } from './styled-line.ts';
import { plotCaption, tradeoffPlot } from './tradeoff-plot.ts';
import { tradeoff, type Tradeoff } from './tradeoff.ts';
import { trialTable } from './trial-table.ts';
import type { ViewState } from './view-state.ts';

export interface DashboardFrameProps {
  /** Null before the first reading. */
  readonly snapshot: SweepSnapshot | null;
  readonly view: ViewState;
  readonly banner: Banner | null;
  readonly now: Date;
  readonly width: number;
  readonly height: number;
  /** False: bold and inverse at most. */
  readonly colour: boolean;
}

/** The whole screen: never wider than `width` nor higher than `height`. */
export function DashboardFrame(props: DashboardFrameProps): ReactNode {
  const { snapshot, view, banner, width, height, colour } = props;
  const layout = frameLayout(view.view, width, height);
  if (layout === null) return <StyledLines {...{ width, height, colour }} lines={tooSmall(snapshot, width)} />;
  const bodyHeight = height - layout.header - layout.events - layout.keys;
  const footer = (
    <>
      <StyledLines
        lines={eventLines(snapshot, banner, width, layout.events)}
        {...{ width, colour }}
        height={layout.events}
      />
      <StyledLines lines={[keyLine(width)]} {...{ width, colour }} height={layout.keys} />
    </>
  );
  return (
    <Box flexDirection="column" width={width} height={height} overflow="hidden">
      <StyledLines lines={headerLines(props)} {...{ width, colour }} height={layout.header} />
      {view.help || snapshot === null ? (
        <StyledLines lines={view.help ? helpLines(width) : []} {...{ width, colour }} height={bodyHeight} />
      ) : (
        <Body {...props} snapshot={snapshot} layout={layout} />
      )}
      {footer}
    </Box>
  );
}

type BodyProps = DashboardFrameProps & { readonly snapshot: SweepSnapshot; readonly layout: FrameLayout };

function Body({ snapshot, view, now, width, colour, layout, banner }: BodyProps): ReactNode {
  const trade = tradeoff(snapshot);
  const front = new Set(trade.front.map(({ trial }) => trial));
  const table = trialTable(snapshot, view, front, width, layout.table);
  return (
    <>
      <StyledLines lines={table} {...{ width, colour }} height={layout.table} />
      {layout.plot > 0 ? <Tradeoffs {...{ snapshot, trade, now, width, colour, layout, view }} /> : null}
      {layout.slots > 0 ? (
        <StyledLines
          lines={slotsAndEvents(snapshot, banner, now, width, layout.slots)}
          {...{ width, colour }}
          height={layout.slots}
        />
      ) : null}
      {layout.slotSummary > 0 ? (
        <StyledLines lines={[slotSummary(snapshot, width)]} {...{ width, colour }} height={layout.slotSummary} />
      ) : null}
    </>
  );
}

interface TradeoffsProps extends Pick<BodyProps, 'snapshot' | 'now' | 'width' | 'colour' | 'layout' | 'view'> {
  readonly trade: Tradeoff;
}

/** The scatter, with the slots beside it where the frame is wide and the view has room for both. */
function Tradeoffs({ snapshot, trade, now, width, colour, layout, view }: TradeoffsProps): ReactNode {
  const height = layout.plot;
  const left = view.view === 'overview' ? plotWidth(width) : width;
  const right = width - left - 1;
  const plot = [captionRule(plotCaption(trade, left - 6), left), ...tradeoffPlot(trade, left, height - 1)];
  if (right < 20) return <StyledLines lines={plot} {...{ width: left, colour }} height={height} />;
  const busy = snapshot.slots.filter(({ running }) => running !== null).length;
  const caption = `slots, ${busy} of ${snapshot.slots.length} busy`;
  const slots = [captionRule(caption, right), ...slotList(snapshot, now, right, height - 1)];
  return (
    <Box flexDirection="row" height={height} flexShrink={0}>
      <StyledLines lines={plot} {...{ width: left, colour }} height={height} />
      <Box width={1} flexShrink={0} />
      <StyledLines lines={slots} {...{ width: right, colour }} height={height} />
    </Box>
  );
}

function headerLines({ snapshot, now, width }: DashboardFrameProps): readonly StyledLine[] {
  if (snapshot === null)
    return [[span('dropsweep', 'heading')], [span(clipText('waiting for PostgreSQL', width), 'faint')]];
  return header(snapshot, now, width);
}

/** The slots view: slots in the upper half, events below. */
function slotsAndEvents(
  snapshot: SweepSnapshot,
  banner: Banner | null,
  now: Date,
  width: number,
  height: number,
): readonly StyledLine[] {
  const slotRows = Math.max(2, Math.min(snapshot.slots.length, Math.floor((height - 2) / 2)));
  const slots = slotList(snapshot, now, width, slotRows);
  const padding: readonly StyledLine[] = Array.from({ length: slotRows - slots.length }, () => []);
  const eventRows = height - 2 - slotRows;
  return [
    captionRule('slots', width),
    ...slots,
    ...padding,
    captionRule('events', width),
    ...eventLines(snapshot, banner, width, eventRows).filter((line) => line.length > 0),
  ];
}

function keyLine(width: number): StyledLine {
  const hints = keyHints.map(([key, meaning]): StyledLine => [span(key, 'heading'), span(` ${meaning}`, 'faint')]);
  return joinWhatFits(hints, '  ', width);
}

function helpLines(width: number): readonly StyledLine[] {
  const rows = keyHelp.map(
    ([keys, meaning]): StyledLine => clipLine([span(keys.padEnd(12), 'heading'), span(meaning)], width),
  );
  return [captionRule('keys', width), ...rows];
}

function tooSmall(snapshot: SweepSnapshot | null, width: number): readonly StyledLine[] {
  const name = snapshot === null ? 'dropsweep' : `${snapshot.name}: ${snapshot.state}`;
  return [
    [span(clipText(name, width), 'heading')],
    [span(clipText(`needs ${smallestWidth}×${smallestHeight}`, width))],
    [span(clipText('q leaves', width), 'faint')],
  ];
}
