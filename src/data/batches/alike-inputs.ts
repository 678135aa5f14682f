import type { EncodedInput } from '../encoded-rows.ts';

/** Inputs that begin with the same tokens; or those that share none. */
export interface AlikeInputs {
  /** The tokens that they begin with; empty: none. */
  readonly beginning: Int32Array;
  /** Numbers of the inputs. */
  readonly numbers: readonly number[];
}

/** Inputs by what they begin with, in the order that the first of each stands in. */
export function alikeInputs(inputs: readonly EncodedInput[]): readonly AlikeInputs[] {
  const groups = new Map<number | null, { beginning: Int32Array; numbers: number[] }>();
  for (const [number, { ids, alike }] of inputs.entries()) {
    const key = alike?.group ?? null;
    const group = groups.get(key) ?? { beginning: ids.subarray(0, alike?.tokens ?? 0), numbers: [] };
    groups.set(key, group);
    group.numbers.push(number);
  }
  return [...groups.values()];
}

/** How many tokens all of these begin with; at most so many that each has one of its own behind them. */
export function sharedTokens(rows: readonly Int32Array[]): number {
  const [first] = rows;
  if (first === undefined) return 0;
  return rows.reduce((shared, row) => {
    const most = Math.min(shared, row.length - 1);
    for (let token = 0; token < most; token += 1) if (row[token] !== first[token]) return token;
    return Math.max(0, most);
  }, first.length - 1);
}
