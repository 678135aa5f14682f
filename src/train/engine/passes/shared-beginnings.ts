import { present } from '../../../base/defect.ts';
import type { Graph } from '../../../onnx/graph.ts';
import type { GraphSession } from '../../../runtime/graph-session.ts';
import { Tensor } from '../../../runtime/open-session.ts';
import type { AdapterMasks, TokenBatch } from '../adapter-engine.ts';
import type { BeginningGraphs } from '../graphs/beginning-graphs.ts';
import { flat, floatsOf } from './session-tensors.ts';

/** One model over rows: a member, or what has no masks. */
interface MaskedModel {
  readonly parameters: Float32Array;
  readonly masks: Pick<AdapterMasks, 'input' | 'output' | 'rank'>;
  readonly updateScale: number;
}

/** Tokens that one model has read, and that rows begin with. */
export interface Beginning {
  /** As an engine's, of rows whose other tokens these are. */
  logits(batch: TokenBatch): Promise<Float32Array>;
}

interface Sessions {
  readonly beginning: GraphSession;
  readonly behind: GraphSession;
  readonly past: BeginningGraphs['past'];
}

/** Reads what rows begin with once, and the rows behind the keys and values of that. Opened when it is first needed. */
export class SharedBeginnings {
  readonly #graphs: () => BeginningGraphs;
  readonly #open: (graph: Graph) => Promise<GraphSession>;
  #sessions: Promise<Sessions> | null = null;

  constructor(graphs: () => BeginningGraphs, open: (graph: Graph) => Promise<GraphSession>) {
    this.#graphs = graphs;
    this.#open = open;
  }

  async read({ parameters, masks, updateScale }: MaskedModel, ids: Int32Array): Promise<Beginning> {
    this.#sessions ??= this.#openBoth();
    const { beginning, behind, past } = await this.#sessions;
    const model = {
      parameters: flat(parameters),
      input_masks: flat(masks.input),
      output_masks: flat(masks.output),
      ...(masks.rank === undefined ? {} : { rank_masks: flat(masks.rank) }),
      update_scale: new Tensor('float32', [updateScale], []),
    };
    const kept = await beginning.run({ ...model, input_ids: tokens(BigInt64Array.from(ids, BigInt), 1) });
    const before = {
      past_tokens: new Tensor('int64', BigInt64Array.of(BigInt(ids.length)), [1]),
      ...Object.fromEntries(past.map(({ name }, index) => [name, present(kept[index], name)])),
    };
    return {
      logits: async ({ inputIds, attentionMask, rows }) => {
        const [scores] = await behind.run({
          ...model,
          ...before,
          input_ids: tokens(inputIds, rows),
          attention_mask: tokens(attentionMask, rows),
        });
        return floatsOf(scores);
      },
    };
  }

  async close(): Promise<void> {
    const sessions = await this.#sessions;
    await sessions?.beginning.close();
    await sessions?.behind.close();
  }

  async #openBoth(): Promise<Sessions> {
    const { beginning, behind, past } = this.#graphs();
    return { beginning: await this.#open(beginning), behind: await this.#open(behind), past };
  }
}

function tokens(ids: BigInt64Array, rows: number): Tensor {
  return new Tensor('int64', ids, [rows, ids.length / rows]);
}
