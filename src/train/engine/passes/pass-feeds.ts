import { Tensor } from '../../../runtime/open-session.ts';
import type { BatchLabels, TokenBatch } from '../adapter-engine.ts';
import { elementFeeds } from '../masks/element-feeds.ts';
import type { Pass, PassBatch } from './gradient-passes.ts';
import type { MaskBytes } from '../masks/mask-memory.ts';
import type { EnginePlan } from '../plan-engine.ts';
import { scalars, vectors } from './session-tensors.ts';
import { tokenRows } from './token-rows.ts';
import { moduleRanks } from '../graphs/trainable-layout.ts';

type Feeds = Record<string, Tensor>;

/** The feeds that all passes over a batch share. */
export function batchFeeds(plan: EnginePlan, { batch, labels, updateScale }: PassBatch): Feeds {
  const tokens = (data: BigInt64Array) => new Tensor('int64', data, [batch.rows, batch.length]);
  return {
    training: new Tensor('bool', [labels !== null], []),
    input_ids: tokens(batch.inputIds),
    attention_mask: tokens(batch.attentionMask),
    token_type_ids: tokens(batch.tokenTypeIds),
    ...(plan.leavesPaddingOut ? rowFeeds(batch) : {}),
    labels: labelsOf(plan, labels, batch),
    update_scale: new Tensor('float32', [updateScale], []),
  };
}

/** The feeds that each pass has of its own, by ownInputs' names. */
export function passFeeds(plan: EnginePlan, passes: readonly Pass[], batch: TokenBatch, bytes: MaskBytes): Feeds {
  return {
    parameters: vectors(passes.map(({ parameters }) => parameters)),
    input_masks: vectors(passes.map(({ masks }) => masks.input)),
    output_masks: vectors(passes.map(({ masks }) => masks.output)),
    ...rankMasks(plan, passes),
    loss_scale: scalars(passes.map(({ lossScale }) => lossScale)),
    ...elementFeeds(
      plan.places,
      passes.map(({ masks }) => masks.elements),
      batch,
      bytes,
    ),
  };
}

/** The rows that a batch's tokens have. */
function rowFeeds(batch: TokenBatch): Feeds {
  const { places, numbers } = tokenRows(batch);
  return {
    token_places: new Tensor('int64', places, [places.length]),
    token_rows: new Tensor('int64', numbers, [batch.rows, batch.length]),
  };
}

function rankMasks(plan: EnginePlan, passes: readonly Pass[]): Feeds {
  if (!plan.masksRanks) {
    if (passes.some(({ masks }) => masks.rank !== undefined)) throw new Error('the engine was compiled without rank');
    return {};
  }
  const keepAll = new Float32Array(moduleRanks(plan.layout).reduce((sum, rank) => sum + rank, 0)).fill(1);
  return { rank_masks: vectors(passes.map(({ masks }) => masks.rank ?? keepAll)) };
}

function labelsOf(plan: EnginePlan, labels: BatchLabels | null, { rows, length }: TokenBatch): Tensor {
  const { type, columns: second } = plan.labels;
  const columns = second === 1 ? [rows] : [rows, second === 'tokens' ? length : second];
  const count = columns.reduce((product, size) => product * size, 1);
  if (type === 'float') {
    const data = labels === null ? new Float32Array(count) : Float32Array.from(labels, Number);
    return new Tensor('float32', data, columns);
  }
  return new Tensor('int64', labels instanceof BigInt64Array ? labels : new BigInt64Array(count), columns);
}
