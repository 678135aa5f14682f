import { demandLength } from '../models/demand-length.ts';
import { batchIsPackable, columnsArePackable } from '../packing/packable.ts';
import type { GraphSession } from '../runtime/graph-session.ts';
import { Tensor } from '../runtime/open-session.ts';
import type { AdapterMasks, BatchLabels, TokenBatch } from './adapter-engine.ts';
import type { EnginePlan } from './plan-engine.ts';
import { floatsOf, memberOf, vectors } from './session-tensors.ts';

/** One run of the model over a batch: parameters of some training, with one instance's masks. */
export interface Pass {
  readonly parameters: Float32Array;
  readonly masks: AdapterMasks;
}

export interface PassResult {
  readonly logits: Float32Array;
  readonly loss: number;
  /** Flat; empty where nothing was differentiated. */
  readonly gradient: Float32Array;
}

/** What all passes of a run share. */
export interface PassBatch {
  readonly batch: TokenBatch;
  /** null: evaluation */
  readonly labels: BatchLabels | null;
  readonly updateScale: number;
}

/** The sessions that take gradients and logits: one for a pass alone, and one for each size of pack that is met. */
export class GradientPasses {
  readonly #plan: EnginePlan;
  readonly #open: (pack: number | null) => Promise<GraphSession>;
  readonly #packable: boolean;
  readonly #sessions = new Map<number, Promise<GraphSession>>();

  /** @param open null: for a pass alone */
  constructor(plan: EnginePlan, threads: number, open: (pack: number | null) => Promise<GraphSession>) {
    this.#plan = plan;
    this.#open = open;
    const columns = Math.min(
      ...plan.layout.modules.flatMap(({ inFeatures, outFeatures }) => [inFeatures, outFeatures]),
    );
    this.#packable = columnsArePackable(columns, threads);
  }

  /** Opens the session of passes alone. */
  async open(): Promise<void> {
    await this.#session(1);
  }

  /** In order, `pack` of them at once at most: the results are those of each alone. */
  async run(passes: readonly Pass[], shared: PassBatch, pack: number): Promise<readonly PassResult[]> {
    const { rows, length } = shared.batch;
    demandLength(length, this.#plan.opened.encoder.tokenLimit);
    const most = this.#packable && batchIsPackable(rows, length) ? pack : 1;
    const results: PassResult[] = [];
    while (results.length < passes.length) {
      const size = largestPack(Math.min(most, passes.length - results.length), most);
      results.push(...(await this.#together(passes.slice(results.length, results.length + size), shared)));
    }
    return results;
  }

  async close(): Promise<void> {
    for (const session of this.#sessions.values()) await (await session).close();
  }

  async #together(passes: readonly Pass[], { batch, labels, updateScale }: PassBatch): Promise<readonly PassResult[]> {
    const pack = passes.length;
    const session = await this.#session(pack);
    const tokens = (data: BigInt64Array) => new Tensor('int64', data, [batch.rows, batch.length]);
    const outputs = await session.run({
      training: new Tensor('bool', [labels !== null], []),
      input_ids: tokens(batch.inputIds),
      attention_mask: tokens(batch.attentionMask),
      token_type_ids: tokens(batch.tokenTypeIds),
      labels: this.#labels(labels, batch),
      parameters: vectors(passes.map(({ parameters }) => parameters)),
      input_masks: vectors(passes.map(({ masks }) => masks.input)),
      output_masks: vectors(passes.map(({ masks }) => masks.output)),
      update_scale: new Tensor('float32', [updateScale], []),
    });
    const [logits, loss, gradient] = outputs.map(floatsOf);
    if (logits === undefined || loss === undefined || gradient === undefined)
      throw new Error('a step has three outputs');
    return passes.map((_, member) => ({
      logits: memberOf(logits, member, pack),
      loss: loss[member] ?? Number.NaN,
      gradient: memberOf(gradient, member, pack),
    }));
  }

  #session(pack: number): Promise<GraphSession> {
    const known = this.#sessions.get(pack) ?? this.#open(pack === 1 ? null : pack);
    this.#sessions.set(pack, known);
    return known;
  }

  #labels(labels: BatchLabels | null, { rows, length }: TokenBatch): Tensor {
    const { type, columns: second } = this.#plan.labels;
    const columns = second === 1 ? [rows] : [rows, second === 'tokens' ? length : second];
    const count = columns.reduce((product, size) => product * size, 1);
    if (type === 'float') {
      const data = labels === null ? new Float32Array(count) : Float32Array.from(labels, Number);
      return new Tensor('float32', data, columns);
    }
    return new Tensor('int64', labels instanceof BigInt64Array ? labels : new BigInt64Array(count), columns);
  }
}

/** Packs are `most`, or a power of two: few graphs are built, whatever trainings come and go. */
function largestPack(left: number, most: number): number {
  return left === most ? most : 2 ** Math.floor(Math.log2(left));
}
