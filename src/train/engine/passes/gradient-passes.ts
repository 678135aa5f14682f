import { present } from '../../../base/defect.ts';
import { demandLength } from '../../../models/demand-length.ts';
import { branchOf } from '../../../onnx/parts/branch-of.ts';
import type { Graph } from '../../../onnx/graph.ts';
import { batchIsPackable, columnsArePackable } from '../../../packing/packable.ts';
import type { GraphSession } from '../../../runtime/graph-session.ts';
import type { Tensor } from '../../../runtime/open-session.ts';
import type { AdapterMasks, BatchLabels, TokenBatch } from '../adapter-engine.ts';
import { MaskMemory } from '../masks/mask-memory.ts';
import { batchFeeds, passFeeds } from './pass-feeds.ts';
import type { EnginePlan } from '../plan-engine.ts';
import { floatsOf, memberOf } from './session-tensors.ts';

/** One run of the model over a batch: parameters of some training, with one instance's masks. */
export interface Pass {
  readonly parameters: Float32Array;
  readonly masks: AdapterMasks;
  /** Read where the base is in float16. */
  readonly lossScale: number;
}

export interface PassResult {
  readonly logits: Float32Array;
  readonly loss: number;
  /** Flat; empty where nothing was differentiated. */
  readonly gradient: Float32Array;
}

/** The inputs that all passes of a run share. */
export interface PassBatch {
  readonly batch: TokenBatch;
  /** null: evaluation */
  readonly labels: BatchLabels | null;
  readonly updateScale: number;
}

export interface PassOptions {
  readonly threads: number;
  /** Whether what passes over one batch share is computed once for them: the values between have to be the CPU's. */
  readonly sharesBatches: boolean;
  open(graph: Graph): Promise<GraphSession>;
  /** Bytes that a run of a graph without branches takes for such a batch. */
  takes(graph: Graph, batch: BatchSize): number;
}

/** Rows, and tokens of each. */
export interface BatchSize {
  readonly rows: number;
  readonly length: number;
}

/** The session that passes in turn share, and the one that each runs. */
interface SharedSessions {
  readonly shared: GraphSession;
  readonly own: GraphSession;
  readonly ownGraph: Graph;
  /** Names of what the first gives to the second. */
  readonly names: readonly string[];
}

/**
 * The sessions that take gradients and logits: one for a pass alone, one for each size of pack that is met, and two for
 * passes in turn over one batch.
 */
export class GradientPasses {
  readonly #plan: EnginePlan;
  readonly #options: PassOptions;
  readonly #packable: boolean;
  readonly #sessions = new Map<number, Promise<GraphSession>>();
  readonly #masks = new MaskMemory();
  /** Sessions that have had their memory in one block. */
  readonly #reserved = new Set<GraphSession>();
  #largest: BatchSize = { rows: 0, length: 0 };
  #inTurn: Promise<SharedSessions> | null = null;

  constructor(plan: EnginePlan, options: PassOptions) {
    this.#plan = plan;
    this.#options = options;
    const columns = Math.min(
      ...plan.layout.modules.flatMap(({ inFeatures, outFeatures }) => [inFeatures, outFeatures]),
    );
    this.#packable = columnsArePackable(columns, options.threads);
  }

  /** Opens the session of passes alone. */
  async open(): Promise<void> {
    await this.#session(1);
  }

  /** Batches of no more than this are to come. */
  expect(largest: BatchSize): void {
    this.#largest = largest;
  }

  /** In order, `pack` of them at once at most: the results are those of each alone. */
  async run(passes: readonly Pass[], shared: PassBatch, pack: number): Promise<readonly PassResult[]> {
    const { rows, length } = shared.batch;
    demandLength(length, this.#plan.opened.encoder.tokenLimit);
    const most = this.#packable && batchIsPackable(rows, length) ? pack : 1;
    const inTurn = passes.length > 1 || this.#inTurn !== null;
    if (most === 1 && inTurn && shared.labels !== null && this.#options.sharesBatches) {
      return this.#sharing(passes, shared);
    }
    const results: PassResult[] = [];
    while (results.length < passes.length) {
      const size = largestPack(Math.min(most, passes.length - results.length), most);
      results.push(...(await this.#together(passes.slice(results.length, results.length + size), shared)));
    }
    return results;
  }

  async close(): Promise<void> {
    for (const session of this.#sessions.values()) await (await session).close();
    const inTurn = await this.#inTurn;
    await inTurn?.shared.close();
    await inTurn?.own.close();
  }

  /** One after another, with what no pass has of its own computed before the first. */
  async #sharing(passes: readonly Pass[], batch: PassBatch): Promise<readonly PassResult[]> {
    this.#inTurn ??= this.#openShared();
    const { shared, own, ownGraph, names } = await this.#inTurn;
    const made = await shared.run(batchFeeds(this.#plan, batch));
    const passed = Object.fromEntries(
      made.map((tensor, index) => [present(names[index], `the name of output ${index}`), tensor]),
    );
    const results: PassResult[] = [];
    for (const pass of passes) {
      const reserve = this.#reserveOf(own, batch, () => ownGraph);
      const outputs = await this.#masks.lend((bytes) =>
        own.run(
          { ...batchFeeds(this.#plan, batch), ...passed, ...passFeeds(this.#plan, [pass], batch.batch, bytes) },
          reserve,
        ),
      );
      results.push(...resultsOf(outputs, 1));
    }
    return results;
  }

  /**
   * From now on a training's every pass goes through these, one that has a batch to itself too, and the session of
   * passes alone is opened anew for evaluations: each session keeps the memory of its largest run.
   */
  async #openShared(): Promise<SharedSessions> {
    const alone = this.#sessions.get(1);
    this.#sessions.delete(1);
    await (await alone)?.close();
    const { shared, own } = this.#plan.sharedGradient();
    const names = shared.outputs.map(({ name }) => name);
    return { shared: await this.#options.open(shared), own: await this.#options.open(own), ownGraph: own, names };
  }

  async #together(passes: readonly Pass[], batch: PassBatch): Promise<readonly PassResult[]> {
    const session = await this.#session(passes.length);
    const reserve = this.#reserveOf(session, batch, () => branchOf(this.#graph(passes.length), true));
    const outputs = await this.#masks.lend((bytes) =>
      session.run({ ...batchFeeds(this.#plan, batch), ...passFeeds(this.#plan, passes, batch.batch, bytes) }, reserve),
    );
    return resultsOf(outputs, passes.length);
  }

  /** Before a session's first training pass, what the largest of them takes; else nothing. */
  #reserveOf(session: GraphSession, { batch, labels }: PassBatch, graph: () => Graph): number {
    if (labels === null || this.#reserved.has(session)) return 0;
    this.#reserved.add(session);
    const { rows, length } = this.#largest;
    return this.#options.takes(graph(), rows * length > batch.rows * batch.length ? this.#largest : batch);
  }

  #session(pack: number): Promise<GraphSession> {
    const known = this.#sessions.get(pack) ?? this.#options.open(this.#graph(pack));
    this.#sessions.set(pack, known);
    return known;
  }

  #graph(pack: number): Graph {
    return pack === 1 ? this.#plan.gradient : this.#plan.packedGradient(pack);
  }
}

function resultsOf(outputs: readonly Tensor[], pack: number): readonly PassResult[] {
  const [logits, loss, gradient] = outputs.map(floatsOf);
  if (logits === undefined || loss === undefined || gradient === undefined) throw new Error('a step has three outputs');
  return Array.from({ length: pack }, (_, member) => ({
    logits: memberOf(logits, member, pack),
    loss: present(loss[member], `the loss of member ${member}`),
    gradient: memberOf(gradient, member, pack),
  }));
}

/** Packs are `most`, or a power of two: few graphs are built, whatever trainings come and go. */
function largestPack(left: number, most: number): number {
  return left === most ? most : 2 ** Math.floor(Math.log2(left));
}
