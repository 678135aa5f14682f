import type { EncodedInput } from '../encoded-rows.ts';
import { FirstFit } from './first-fit.ts';

/** Of a text's first token in a row of several: what stands before it is another's. */
const ignored = -100;

/**
 * Short inputs put behind one another, up to `maxLength` tokens: the longest first, each where it is the first to fit. Which
 * stand together follows from the lengths alone.
 */
export function packInputs(inputs: readonly EncodedInput[], maxLength: number): readonly EncodedInput[] {
  const order = [...inputs.keys()].sort((a, b) => lengthOf(inputs, b) - lengthOf(inputs, a) || a - b);
  const bins = new FirstFit(inputs.length, maxLength);
  const rows: EncodedInput[][] = [];
  for (const number of order) {
    const input = inputs[number];
    if (input !== undefined) (rows[bins.place(input.ids.length)] ??= []).push(input);
  }
  return rows.map(together);
}

function lengthOf(inputs: readonly EncodedInput[], number: number): number {
  return inputs[number]?.ids.length ?? 0;
}

/** It says the row of its first text. */
function together(parts: readonly EncodedInput[]): EncodedInput {
  const texts = parts.map((part) => part.ids.length);
  const ids = new Int32Array(texts.reduce((sum, tokens) => sum + tokens, 0));
  const all = Array.from<number>({ length: ids.length }).fill(ignored);
  let start = 0;
  for (const part of parts) {
    ids.set(part.ids, start);
    for (let token = 1; token < part.ids.length; token += 1) all[start + token] = part.labels[token] ?? ignored;
    start += part.ids.length;
  }
  return {
    ids,
    typeIds: new Uint8Array(ids.length),
    labels: all,
    row: parts[0]?.row ?? 0,
    texts,
  };
}
