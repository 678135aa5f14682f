/** Segments that one claim takes at most, to be run one after another. */
const longest = 32;
/** A row that took less may grow; one that took more is cut: what is claimed waits for no one so long. */
const shortMs = 500;
export const longRowMs = 2_000;

/**
 * How many segments a slot claims next, to run them one after another. A claim of one costs as much as a claim of many:
 * where segments are short, they are taken in rows that fill about half a second. A row that took too long is cut to what
 * fits: on a busy machine it may only have waited.
 */
export function nextRowLength(length: number, tookMs: number): number {
  if (tookMs < shortMs) return Math.min(longest, length * 2);
  if (tookMs <= longRowMs) return length;
  return Math.max(1, Math.floor((length * shortMs) / tookMs));
}
