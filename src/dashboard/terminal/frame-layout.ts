/** Heights, in rows, of the parts of a frame; they add up to the terminal's. */
export interface FrameLayout {
  readonly header: number;
  /** Rows that the view fills. */
  readonly body: number;
  readonly events: number;
  readonly keys: number;
}

export const smallestWidth = 40;
export const smallestHeight = 10;

/** Divides a terminal. Null where it is too small. @param eventsBelow whether the newest events stand below the view */
export function frameLayout(eventsBelow: boolean, width: number, height: number): FrameLayout | null {
  if (width < smallestWidth || height < smallestHeight) return null;
  const header = 3;
  const keys = 1;
  const events = !eventsBelow ? 0 : height >= 34 ? 3 : 1;
  return { header, body: height - header - keys - events, events, keys };
}
