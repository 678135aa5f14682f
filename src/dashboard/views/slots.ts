import type { SweepSnapshot } from '../../store/sweep-snapshot.ts';
import { eventLines } from '../event-lines.ts';
import { slotList } from '../slot-list.ts';
import { captionRule, type StyledLine } from '../styled-line.ts';
import { snapshotView } from './view.ts';

/** Slots in the upper half, the newest events below. */
export const slots = snapshotView({
  name: 'slots',
  key: '4',
  help: 'what every slot does',
  eventsBelow: false,
  rows: () => 0,
  visible: () => 0,
  draw(_, { snapshot, now, width, height }) {
    const slotRows = Math.max(2, Math.min(snapshot.slots.length, Math.floor((height - 2) / 2)));
    const list = slotList(snapshot, now, width, slotRows);
    const padding: readonly StyledLine[] = Array.from({ length: slotRows - list.length }, () => []);
    return [
      captionRule('slots', width),
      ...list,
      ...padding,
      captionRule('events', width),
      ...eventLines(snapshot, null, width, height - 2 - slotRows).filter((line) => line.length > 0),
    ];
  },
});

/** A caption with how many are busy, and a line for each. */
export function slotBlock(snapshot: SweepSnapshot, now: Date, width: number, height: number): readonly StyledLine[] {
  const busy = snapshot.slots.filter(({ running }) => running !== null).length;
  const caption = `slots, ${busy} of ${snapshot.slots.length} busy`;
  return [captionRule(caption, width), ...slotList(snapshot, now, width, height - 1)];
}
