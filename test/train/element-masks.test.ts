import { describe, expect, it } from 'vitest';
import type { TrainableLayout } from '../../src/train/engine/adapter-engine.ts';
import type { DropoutPlace } from '../../src/train/engine/masks/dropout-places.ts';
import { rowsOfPlace } from '../../src/train/engine/masks/element-masks.ts';
import { instanceMasks, memberMasks } from '../../src/train/engine/masks/instance-masks.ts';

const features = 7;
const layout: TrainableLayout = { modules: [], tensors: [], length: 0 };
const configuration = { dropout_rate: 0, seed: 3, lora_dropout: 0.3, hidden_dropout: 0.2 };
const tokens: DropoutPlace = { name: 'layer.0.query', kind: 'lora_dropout', features, rows: 'all_tokens' };

function batchOf(samples: readonly number[], length: number) {
  const none = new BigInt64Array(samples.length * length);
  const ids = { inputIds: none, attentionMask: none, tokenTypeIds: none };
  return { rows: samples.length, length, samples: Uint32Array.from(samples), ...ids };
}

/** The mask of a place over a batch of these samples, each sample's rows by themselves. */
function drawn(
  { elements }: ReturnType<typeof memberMasks>,
  place: DropoutPlace,
  samples: readonly number[],
  length = 5,
): readonly Uint8Array[] {
  const batch = batchOf(samples, length);
  const into = new Uint8Array(rowsOfPlace(place, batch) * features);
  elements?.draw(place, batch, into);
  const size = into.length / samples.length;
  return samples.map((_, row) => into.slice(row * size, (row + 1) * size));
}

const instance = (step: number, index: number, change = {}) =>
  instanceMasks(layout, { ...configuration, ...change })(step, index);

describe('the element-wise masks of an instance', () => {
  it('are a row’s own, wherever it stands and among whichever rows', () => {
    const whole = drawn(instance(4, 1), tokens, [8, 2, 5, 11]);
    const other = drawn(instance(4, 1), tokens, [5, 30, 8]);
    expect(other[0]).toEqual(whole[2]);
    expect(other[2]).toEqual(whole[0]);
    expect(other[1]).not.toEqual(whole[1]);
  });

  it('keep each token’s draws when rows are padded further', () => {
    const [short] = drawn(instance(4, 1), tokens, [8], 5);
    const [long] = drawn(instance(4, 1), tokens, [8], 9);
    expect(long?.slice(0, 5 * features)).toEqual(short);
  });

  it('of the first tokens alone are those of the first tokens of all', () => {
    const first = drawn(instance(4, 1), { ...tokens, rows: 'first_token' }, [8, 2]);
    const all = drawn(instance(4, 1), tokens, [8, 2]);
    expect(first).toEqual(all.map((mask) => mask.slice(0, features)));
  });

  it('are one for the whole batch where the rows are a table’s', () => {
    const table: DropoutPlace = { ...tokens, name: 'layer.0.query.positions', rows: 6 };
    const draw = (samples: readonly number[]) => {
      const into = new Uint8Array(6 * features);
      instance(4, 1).elements?.draw(table, batchOf(samples, 5), into);
      return into;
    };
    expect(draw([8, 2])).toEqual(draw([1]));
    expect(new Set(draw([1])).size).toBe(2);
  });

  it('differ by step, instance, place, kind and seed', () => {
    const masks = [
      drawn(instance(4, 1), tokens, [8]),
      drawn(instance(5, 1), tokens, [8]),
      drawn(instance(4, 0), tokens, [8]),
      drawn(instance(4, 1, { seed: 4 }), tokens, [8]),
      drawn(instance(4, 1), { ...tokens, name: 'layer.0.key' }, [8]),
      drawn(instance(4, 1, { hidden_dropout: 0.3 }), { ...tokens, kind: 'hidden_dropout' }, [8]),
    ].map(([mask]) => mask?.join());
    expect(new Set(masks).size).toBe(masks.length);
  });

  it('are paired over rates, and there are none at 0', () => {
    const [low] = drawn(instance(4, 1, { lora_dropout: 0.1 }), tokens, [8], 200);
    const [high] = drawn(instance(4, 1, { lora_dropout: 0.5 }), tokens, [8], 200);
    expect(low?.every((kept, i) => kept >= (high?.[i] ?? 0))).toBe(true);
    expect(low).not.toEqual(high);
    expect(instance(4, 1, { lora_dropout: 0, hidden_dropout: 0 }).elements).toBeUndefined();
  });
});

describe('the element-wise masks of a member', () => {
  const member = (maskSeed: number, index: number) =>
    memberMasks(layout, { dropoutRate: 0, elements: { lora_dropout: 0.3, hidden_dropout: 0 } }, maskSeed, index);

  it('are keyed by mask seed and number, apart from training’s', () => {
    const masks = [member(3, 1), member(3, 0), member(4, 1), instance(3, 1), instance(1, 0)].map((one) =>
      drawn(one, tokens, [8])[0]?.join(),
    );
    expect(new Set(masks).size).toBe(masks.length);
    expect(drawn(member(3, 1), tokens, [8])[0]?.join()).toBe(masks[0]);
  });
});
