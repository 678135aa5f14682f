/** Segments that one claim takes at most, to be run one after another. */
const longest = 32;
/** A row that took less may grow; one that took more is not worth it: what is claimed waits for no one so long. */
const shortMs = 500;
export const longRowMs = 2_000;

/**
 * How many segments a slot claims next, to run them one after another. A claim of one costs as much as a claim of many:
 * where segments are short, they are taken in rows that fill about half a second.
 */
export function nextRowLength(length: number, tookMs: number): number {
  if (tookMs < shortMs) return Math.min(longest, length * 2);
  return tookMs > longRowMs ? 1 : length;
}
