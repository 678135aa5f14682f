import type { SlotRow, SweepSnapshot } from '../../store/views/sweep-snapshot.ts';
import { formatCount } from '../../base/format-count.ts';
import { formatDuration, formatPercent } from '../../metrics/values/format-value.ts';
import { clipLine, clipText, fitText, lineWidth, span, type Span, type StyledLine } from '../terminal/styled-line.ts';

/** A worker that said nothing for so long may be gone; its slots say since when. */
export const silentAfterMs = 15_000;

/** One line for each slot: where it is and what it runs. The last line counts those that did not fit. */
export function slotList(snapshot: SweepSnapshot, now: Date, width: number, height: number): readonly StyledLine[] {
  const { slots } = snapshot;
  if (slots.length === 0) return [[span(clipText('no slots yet', width), 'faint')]];
  const shown = slots.length > height ? slots.slice(0, Math.max(0, height - 1)) : slots;
  const nameWidth = Math.min(
    Math.max(6, Math.floor(width * 0.4)),
    Math.max(...shown.map((slot) => lineWidth([span(slotName(slot))])), 0),
  );
  const lines = shown.map((slot): StyledLine => {
    const doing = slotActivity(slot, now);
    return clipLine([span(fitText(slotName(slot), nameWidth)), span(' '), doing], width);
  });
  if (shown.length === slots.length) return lines;
  const rest = slots.slice(shown.length);
  const idle = rest.length - busySlots(rest);
  return [...lines, [span(clipText(`and ${formatCount(rest.length, 'slot')} more, ${idle} idle`, width), 'faint')]];
}

/** All slots in one line, for frames without room for a list. */
export function slotSummary(snapshot: SweepSnapshot, width: number): StyledLine {
  const { slots } = snapshot;
  if (slots.length === 0) return [span(clipText('slots: none yet', width), 'faint')];
  const busy = busySlots(slots);
  const first = slots.find(({ running }) => running !== null)?.running;
  const what = first === undefined || first === null ? '' : `: ${activityText(first)}${busy > 1 ? ', …' : ''}`;
  return clipLine([span(`slots ${busy}/${slots.length} busy`, 'heading'), span(what)], width);
}

/** How many slots work, for this sweep or for another. */
export function busySlots(slots: readonly SlotRow[]): number {
  return slots.filter(({ running, elsewhere }) => running !== null || elsewhere !== null).length;
}

function slotName({ host, slot }: SlotRow): string {
  // The first label of the host's name tells machines of one network apart.
  return `${host.split('.')[0] ?? host}:${slot}`;
}

function slotActivity(slot: SlotRow, now: Date): Span {
  const silentMs = now.getTime() - slot.lastSeen.getTime();
  if (silentMs > silentAfterMs) return span(`SILENT ${formatDuration(silentMs)}`, 'bad');
  if (slot.running !== null) return span(activityText(slot.running), 'accent');
  return slot.elsewhere === null ? span('idle', 'faint') : span(`for ${slot.elsewhere}`);
}

function activityText(running: NonNullable<SlotRow['running']>): string {
  const { kind, trial, step, of, further } = running;
  const what = kind === 'evaluate' ? `evaluating #${trial}` : `training #${trial} ${formatPercent(step, of)}`;
  return further === 0 ? what : `${what} and ${further} more`;
}
