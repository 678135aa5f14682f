import type { TokenBatch } from '../adapter-engine.ts';

/**
 * Rows come in multiples of this: they are cut into equal pieces, and members of a pack begin at whole vectors.
 */
const roundedTo = 32;

/** The places of a batch's tokens that have a row each, and the row of each place. */
export interface BatchRowPlaces {
  readonly places: BigInt64Array;
  readonly numbers: BigInt64Array;
}

/**
 * Rows of the tokens in their order, then one or more that all padding shares. A batch with too little padding for it
 * keeps a row for each place.
 */
export function tokenRows({ attentionMask }: Pick<TokenBatch, 'attentionMask'>): BatchRowPlaces {
  const padding = attentionMask.indexOf(0n);
  const tokens = attentionMask.reduce((count, kept) => count + (kept === 0n ? 0 : 1), 0);
  const rows = Math.ceil((tokens + 1) / roundedTo) * roundedTo;
  if (padding < 0 || rows >= attentionMask.length) {
    const each = BigInt64Array.from(attentionMask, (_, place) => BigInt(place));
    return { places: each, numbers: each };
  }
  const places = new BigInt64Array(rows).fill(BigInt(padding));
  const numbers = new BigInt64Array(attentionMask.length).fill(BigInt(tokens));
  let row = 0;
  for (const [place, kept] of attentionMask.entries()) {
    if (kept === 0n) continue;
    places[row] = BigInt(place);
    numbers[place] = BigInt(row);
    row += 1;
  }
  return { places, numbers };
}
