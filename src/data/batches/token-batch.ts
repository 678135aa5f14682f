import { Defect } from '../../base/defect.ts';
import type { LabelLayout } from '../../models/heads/losses.ts';
import type { BatchLabels, TokenBatch } from '../../train/engine/adapter-engine.ts';
import type { EncodedInput } from '../encoded-rows.ts';
import type { BatchRows } from './epoch-batches.ts';

/** A token's label where none counts. */
const ignored = -100;

/** Tensors of a batch: ids padded with `padId` and attention 0 to the batch's length; of an
 * input of several texts, the attention is the text's number. */
export function tokenBatch(inputs: readonly EncodedInput[], batch: BatchRows, padId: number): TokenBatch {
  const { rows, length } = batch;
  const inputIds = new BigInt64Array(rows.length * length).fill(BigInt(padId));
  const attentionMask = new BigInt64Array(rows.length * length);
  const tokenTypeIds = new BigInt64Array(rows.length * length);
  for (const [position, row] of rows.entries()) {
    const { ids, typeIds, texts = [ids.length] } = inputAt(inputs, row);
    demandRoom('tokens', row, ids.length, length);
    let at = position * length;
    for (const [text, tokens] of texts.entries()) attentionMask.fill(BigInt(text + 1), at, (at += tokens));
    for (const [column, id] of ids.entries()) {
      const place = position * length + column;
      inputIds[place] = BigInt(id);
      tokenTypeIds[place] = BigInt(typeIds[column] ?? 0);
    }
  }
  return { rows: rows.length, length, inputIds, attentionMask, tokenTypeIds, samples: rows };
}

/** Labels of a batch as its loss takes them; where they are of tokens, those of the padding count for nothing. */
export function batchLabels(inputs: readonly EncodedInput[], batch: BatchRows, layout: LabelLayout): BatchLabels {
  const { rows, length } = batch;
  const columns = layout.columns === 'tokens' ? length : layout.columns;
  const labels = Array.from<number>({ length: rows.length * columns }).fill(ignored);
  for (const [position, row] of rows.entries()) {
    const own = inputAt(inputs, row).labels;
    demandRoom('labels', row, own.length, columns);
    for (const [column, label] of own.entries()) labels[position * columns + column] = label;
  }
  return layout.type === 'int64' ? BigInt64Array.from(labels, BigInt) : Float32Array.from(labels);
}

/** What is longer would be written over the row behind it. @throws Defect */
function demandRoom(what: string, row: number, count: number, room: number): void {
  if (count > room) throw new Defect(`input ${row} has ${count} ${what}, and its batch has room for ${room}`);
}

function inputAt(inputs: readonly EncodedInput[], row: number): EncodedInput {
  const input = inputs[row];
  if (input === undefined) throw new RangeError(`no input ${row} among ${inputs.length}`);
  return input;
}
