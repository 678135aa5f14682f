import { setImmediate as turnOfEventLoop } from 'node:timers/promises';
import type { EncodedInput } from '../data/encoded-rows.ts';
import { type AlikeInputs, alikeInputs } from '../data/alike-inputs.ts';
import { tokenBatch } from '../data/token-batch.ts';
import { type OutputRows, rowOffsets } from '../sweep/output-rows.ts';
import type { TaskShape } from '../sweep/vocabulary.ts';
import type { EvaluatedRows } from '../tasks/task.ts';
import { taskOf } from '../tasks/tasks.ts';
import type { AdapterEngine, AdapterMasks, TokenBatch } from './adapter-engine.ts';
import { evaluationBatches } from './evaluation-batches.ts';
import type { Beginning } from './shared-beginnings.ts';
import { OutputPages, type PageKeeping } from './output-pages.ts';

/** One model over a set of rows. */
export interface ForwardPass {
  readonly parameters: Float32Array;
  /** Null: none are dropped. */
  readonly masks: AdapterMasks | null;
  readonly updateScale: number;
  /** Absent: outputs are kept when all are there. */
  readonly keeping?: PageKeeping;
}

/** Where each input's outputs begin among those of all. */
export function outputOffsets({ inputs, shape }: EvaluatedRows): Uint32Array {
  return rowOffsets(inputs.map(outputLength(shape)));
}

/** How many numbers the head gives for an input. */
function outputLength(shape: TaskShape): (input: EncodedInput) => number {
  const head = taskOf(shape).objective.head(shape);
  if (head.of === 'vocabulary') throw new Error('scores of a whole vocabulary are not stored');
  if (head.of === 'next_tokens') return ({ ids }) => ids.length;
  if (head.of === 'next_words') return ({ outputs = head.tokens.length }) => outputs;
  return ({ ids }) => (head.of === 'tokens' ? ids.length : 1) * head.outputs;
}

/** Outputs of each input in the set's order, without those of padding, or null when the slot was asked for meanwhile. */
export async function forwardRows(
  { engine, padId }: { readonly engine: AdapterEngine; readonly padId: number },
  rows: EvaluatedRows,
  { parameters, masks, updateScale, keeping }: ForwardPass,
  released: () => boolean,
  rowsDone: (rows: number) => void,
): Promise<OutputRows | null> {
  const { inputs } = rows;
  const offsets = outputOffsets(rows);
  const values = new Float32Array(offsets.at(-1) ?? 0);
  const pages = new OutputPages({ values, offsets }, keeping ?? null);
  if (pages.done > 0) rowsDone(pages.done);
  const model = { parameters, masks, updateScale };
  for (const part of alikeInputs(inputs)) {
    const forward = forwardOf(engine, model, inputs, part);
    for (const batch of evaluationBatches(inputs, part, forward.shared)) {
      if (pages.holds(batch.rows)) continue;
      if (released()) return null;
      const logits = await forward.logits(tokenBatch(forward.inputs, batch, padId));
      const given = logits.length / batch.rows.length;
      for (const [position, row] of batch.rows.entries()) {
        const [start = 0, end = 0] = offsets.subarray(row, row + 2);
        if (end - start > given) throw new Error(`the head gives ${given} numbers where ${end - start} are wanted`);
        values.set(logits.subarray(position * given, position * given + end - start), start);
      }
      pages.add(batch.rows);
      rowsDone(batch.rows.length);
      await turnOfEventLoop();
    }
  }
  return { values, offsets };
}

type ForwardModel = Pick<ForwardPass, 'parameters' | 'masks' | 'updateScale'>;

/** How inputs that begin alike pass through the engine. */
interface Forward {
  /** Tokens of each that are read once for all of them. */
  readonly shared: number;
  /** All inputs, with the tokens that are not. */
  readonly inputs: readonly EncodedInput[];
  logits(batch: TokenBatch): Promise<Float32Array>;
}

/** What they begin with is read when the first batch comes. Where elements are dropped, each row has its own. */
function forwardOf(
  engine: AdapterEngine,
  { parameters, masks, updateScale }: ForwardModel,
  inputs: readonly EncodedInput[],
  { beginning }: AlikeInputs,
): Forward {
  const shared = masks?.elements === undefined ? beginning.length : 0;
  if (shared === 0) return { shared, inputs, logits: (batch) => engine.logits(parameters, batch, masks, updateScale) };
  let begun: Promise<Beginning> | null = null;
  return {
    shared,
    inputs: inputs.map((input) => ({ ...input, ids: input.ids.subarray(shared) })),
    async logits(batch) {
      begun ??= engine.begin(parameters, beginning, masks, updateScale);
      return (await begun).logits(batch);
    },
  };
}
