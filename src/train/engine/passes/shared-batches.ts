import { present } from '../../../base/defect.ts';
import { demandLength } from '../../../models/demand-length.ts';
import type { Graph } from '../../../onnx/graph.ts';
import type { GraphSession } from '../../../runtime/graph-session.ts';
import type { AdapterMasks, SharedBatch, TokenBatch } from '../adapter-engine.ts';
import { MaskMemory } from '../masks/mask-memory.ts';
import { batchFeeds, passFeeds } from './pass-feeds.ts';
import type { EnginePlan } from '../plan-engine.ts';
import { floatsOf } from './session-tensors.ts';

interface Sessions {
  readonly shared: GraphSession;
  readonly own: GraphSession;
  /** Names of what the first gives to the second. */
  readonly names: readonly string[];
}

/** Evaluation of several models over the same batches, by two sessions, opened when they are first needed. */
export class SharedBatches {
  readonly #plan: EnginePlan;
  readonly #open: (graph: Graph) => Promise<GraphSession>;
  readonly #masks = new MaskMemory();
  #sessions: Promise<Sessions> | null = null;

  constructor(plan: EnginePlan, open: (graph: Graph) => Promise<GraphSession>) {
    this.#plan = plan;
    this.#open = open;
  }

  get isOpen(): boolean {
    return this.#sessions !== null;
  }

  /** @param keepAll the masks of a model that has none */
  async read(batch: TokenBatch, keepAll: AdapterMasks): Promise<SharedBatch> {
    demandLength(batch.length, this.#plan.opened.encoder.tokenLimit);
    this.#sessions ??= this.#openBoth();
    const { shared, own, names } = await this.#sessions;
    const made = await shared.run(batchFeeds(this.#plan, { batch, labels: null, updateScale: 1 }));
    const passed = Object.fromEntries(
      made.map((tensor, at) => [present(names[at], `the name of output ${at}`), tensor]),
    );
    return {
      logits: async ({ parameters, masks, updateScale }) => {
        const [logits] = await this.#masks.lend((bytes) =>
          own.run({
            ...batchFeeds(this.#plan, { batch, labels: null, updateScale }),
            ...passed,
            ...passFeeds(this.#plan, [{ parameters, masks: masks ?? keepAll, lossScale: 1 }], batch, bytes),
          }),
        );
        return floatsOf(logits);
      },
    };
  }

  async close(): Promise<void> {
    const sessions = await this.#sessions;
    await sessions?.shared.close();
    await sessions?.own.close();
  }

  async #openBoth(): Promise<Sessions> {
    const { shared, own } = this.#plan.sharedEvaluation();
    const names = shared.outputs.map(({ name }) => name);
    return { shared: await this.#open(shared), own: await this.#open(own), names };
  }
}
