import { setImmediate as turnOfEventLoop } from 'node:timers/promises';
import type { EncodedInput } from '../../data/encoded-rows.ts';
import { type AlikeInputs, alikeInputs } from '../../data/batches/alike-inputs.ts';
import type { BatchRows } from '../../data/batches/epoch-batches.ts';
import { tokenBatch } from '../../data/batches/token-batch.ts';
import { type OutputRows, rowOffsets, sameOffsets } from '../../sweep/output-rows.ts';
import { outputCounts } from '../../models/heads/output-counts.ts';
import type { TaskShape } from '../../sweep/vocabulary.ts';
import type { EvaluatedRows } from '../../tasks/task.ts';
import { taskOf } from '../../tasks/tasks.ts';
import type { AdapterEngine, ForwardModel, SharedBatch, TokenBatch } from '../engine/adapter-engine.ts';
import { evaluationBatches } from './evaluation-batches.ts';
import type { Beginning } from '../engine/passes/shared-beginnings.ts';
import { OutputPages, type PageKeeping } from './output-pages.ts';

/** One model over a set of rows. */
export interface ForwardPass extends ForwardModel {
  /** Absent: outputs are kept when all are there. */
  readonly keeping?: PageKeeping;
}

/** Where each input's outputs begin among those of all. */
export function outputOffsets({ inputs, shape }: EvaluatedRows): Uint32Array {
  return rowOffsets(inputs.map(outputLength(shape)));
}

/** Whether outputs are of these inputs: who cuts rows otherwise has other windows, and outputs of others say nothing of them. */
export function areOutputsOf(rows: EvaluatedRows, members: readonly OutputRows[]): boolean {
  const offsets = outputOffsets(rows);
  return members.every((member) => sameOffsets(member, { offsets }));
}

/** How many numbers the head gives for an input: as many as are the input's own, where it says so. */
function outputLength(shape: TaskShape): (input: EncodedInput) => number {
  const { sample, token } = outputCounts(taskOf(shape).objective.head(shape));
  return ({ ids, outputs = sample + token * ids.length }) => outputs;
}

/** Whose outputs are asked for, and by what. */
export interface ForwardEngine {
  readonly engine: AdapterEngine;
  readonly padId: number;
}

/** Outputs of each input in the set's order, without those of padding, or null when the slot was asked for meanwhile. */
export async function forwardRows(
  by: ForwardEngine,
  rows: EvaluatedRows,
  pass: ForwardPass,
  released: () => boolean,
  rowsDone: (rows: number) => void,
): Promise<OutputRows | null> {
  const all = await forwardEach(by, rows, [pass], released, rowsDone);
  return all?.[0] ?? null;
}

/**
 * As forwardRows, of several models over the same rows, in their order: batch by batch, with what no model has of its
 * own computed once for all of them. Bit for bit as each alone.
 */
export async function forwardEach(
  by: ForwardEngine,
  rows: EvaluatedRows,
  passes: readonly ForwardPass[],
  released: () => boolean,
  rowsDone: (rows: number) => void,
): Promise<readonly OutputRows[] | null> {
  const offsets = outputOffsets(rows);
  const running = passes.map((pass) => new RunningPass(pass, offsets));
  for (const { pages } of running) if (pages.done > 0) rowsDone(pages.done);
  for (const part of alikeInputs(rows.inputs)) {
    // What inputs begin with is read by each model: these have no batches in common.
    const groups = part.beginning.length > 0 ? running.map((one) => [one]) : [running];
    for (const group of groups) {
      if (!(await readPart(by, rows.inputs, part, group, { released, rowsDone }))) return null;
    }
  }
  return running.map(({ outputs }) => outputs);
}

/** One model on its way through the rows. */
class RunningPass {
  readonly model: ForwardModel;
  readonly outputs: OutputRows;
  readonly pages: OutputPages;

  constructor({ keeping, ...model }: ForwardPass, offsets: Uint32Array) {
    this.model = model;
    this.outputs = { values: new Float32Array(offsets.at(-1) ?? 0), offsets };
    this.pages = new OutputPages(this.outputs, keeping ?? null);
  }

  take({ rows }: BatchRows, logits: Float32Array): void {
    const { values, offsets } = this.outputs;
    const given = logits.length / rows.length;
    for (const [position, row] of rows.entries()) {
      const [start = 0, end = 0] = offsets.subarray(row, row + 2);
      if (end - start > given) throw new Error(`the head gives ${given} numbers where ${end - start} are wanted`);
      values.set(logits.subarray(position * given, position * given + end - start), start);
    }
    this.pages.add(rows);
  }
}

interface Following {
  readonly released: () => boolean;
  readonly rowsDone: (rows: number) => void;
}

/** @returns false: the slot was asked for meanwhile */
async function readPart(
  { engine, padId }: ForwardEngine,
  inputs: readonly EncodedInput[],
  part: AlikeInputs,
  group: readonly RunningPass[],
  { released, rowsDone }: Following,
): Promise<boolean> {
  const models = group.map(({ model }) => model);
  const forward = forwardOf(engine, models, inputs, part);
  for (const batch of evaluationBatches(inputs, part, forward.shared)) {
    let reading: SharedBatch | null = null;
    for (const one of group) {
      if (one.pages.holds(batch.rows)) continue;
      if (released()) return false;
      reading ??= await forward.read(tokenBatch(forward.inputs, batch, padId));
      one.take(batch, await reading.logits(one.model));
      rowsDone(batch.rows.length);
      await turnOfEventLoop();
    }
  }
  return true;
}

/** How inputs that begin alike pass through the engine. */
interface Forward {
  /** Tokens of each that are read once for all of them. */
  readonly shared: number;
  /** All inputs, with the tokens that are not. */
  readonly inputs: readonly EncodedInput[];
  read(batch: TokenBatch): Promise<SharedBatch>;
}

/**
 * What inputs begin with is read when the first batch comes, by one model. Where elements are dropped, each row has its
 * own.
 */
function forwardOf(
  engine: AdapterEngine,
  models: readonly ForwardModel[],
  inputs: readonly EncodedInput[],
  { beginning }: AlikeInputs,
): Forward {
  const [model] = models;
  const shared = model?.masks?.elements === undefined ? beginning.length : 0;
  if (shared === 0 || model === undefined) {
    const alone = async (batch: TokenBatch): Promise<SharedBatch> => ({
      logits: ({ parameters, masks, updateScale }) => engine.logits(parameters, batch, masks, updateScale),
    });
    return { shared, inputs, read: models.length > 1 ? (batch) => engine.share(batch) : alone };
  }
  let begun: Promise<Beginning> | null = null;
  return {
    shared,
    inputs: inputs.map((input) => ({ ...input, ids: input.ids.subarray(shared) })),
    async read(batch) {
      begun ??= engine.begin(model.parameters, beginning, model.masks, model.updateScale);
      const read = await begun;
      return { logits: () => read.logits(batch) };
    },
  };
}
