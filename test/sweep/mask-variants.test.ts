import { describe, expect, it } from 'vitest';
import { canonicaliseEvaluation, canonicaliseTraining } from '../../src/sweep/canonicalise.ts';
import { droppedShare, equivalentRate, expectedShare } from '../../src/sweep/mask-variant.ts';
import { trainingDefaults } from '../../src/sweep/training-fields.ts';
import type { TrainingConfiguration } from '../../src/sweep/vocabulary.ts';
import { instanceMasks, memberMasks } from '../../src/train/engine/masks/instance-masks.ts';

const canonical = (change: Partial<TrainingConfiguration>) =>
  canonicaliseTraining({ ...trainingDefaults, dropout_rate: 0.5, ...change });

describe('of variants of the masks, what has no effect is merged', () => {
  it('all of it without dropout, and what is the default with it', () => {
    const variant = { masked: 'rank', mask_sharing: 'row', mask_scaling: 'inverse' } as const;
    expect(canonical({ ...variant, dropout_rate: 0 })).toEqual(canonical({ dropout_rate: 0 }));
    const written = { masked: 'columns_and_rows', mask_sharing: 'instance', mask_scaling: 'none' } as const;
    expect(canonical(written)).toEqual(canonical({}));
    expect(canonical(variant)).toMatchObject(variant);
    expect(canonicaliseTraining(canonical(variant))).toEqual(canonical(variant));
  });

  it('N, where instances share their masks and drop no elements', () => {
    expect(canonical({ mask_sharing: 'step', train_instances: 4 })).toEqual(canonical({ train_instances: 1 }));
    const dropping = { mask_sharing: 'step', lora_dropout: 0.1 } as const;
    expect(canonical({ ...dropping, train_instances: 4 })).toMatchObject({ mask_sharing: 'step', train_instances: 4 });
    expect(canonical({ ...dropping, train_instances: 1 })).toEqual(canonical({ lora_dropout: 0.1 }));
  });

  it('lambda with masks over ranks, and the expected update of masks that are made up for', () => {
    expect(canonical({ masked: 'rank', sparsity: 0.1 })).toEqual(canonical({ masked: 'rank' }));
    expect(canonical({ masked: 'columns', sparsity: 0.1 }).sparsity).toBe(0.1);
    const request = {
      split: 'dev',
      mode: 'expected',
      dropout_rate: null,
      ensemble_size: 1,
      mask_seed: 0,
      aggregate: 'logits',
    } as const;
    expect(canonicaliseEvaluation(request, canonical({ mask_scaling: 'inverse' })).mode).toBe('raw');
    expect(canonicaliseEvaluation(request, canonical({ masked: 'rank' })).mode).toBe('expected');
  });
});

it('expectations are those of docs/variants.md', () => {
  expect(expectedShare({}, 0.25)).toBe(0.75 ** 2);
  expect(expectedShare({ masked: 'rank' }, 0.25)).toBe(0.75);
  expect(expectedShare({ mask_scaling: 'inverse' }, 0.25)).toBe(1);
  expect(droppedShare({}, 0.25, 4)).toBe(2 * 0.25 - 0.25 ** 2);
  expect(droppedShare({ masked: 'rows' }, 0.25, 4)).toBe(0.25);
  expect(droppedShare({ masked: 'rank' }, 0.5, 3)).toBe(0.125);
  expect(equivalentRate({ rank: 8 }, 0.3)).toBe(0.3);
  const rate = equivalentRate({ masked: 'columns', rank: 8 }, 0.3);
  expect(2 * rate - rate ** 2).toBeCloseTo(0.3, 12);
});

const layout = {
  modules: [
    { name: 'a', inFeatures: 30, outFeatures: 20 },
    { name: 'b', inFeatures: 10, outFeatures: 40 },
  ],
  tensors: [
    { name: 'a.lora_A', shape: [8, 30], offset: 0 },
    { name: 'b.lora_A', shape: [8, 10], offset: 240 },
  ],
  length: 320,
};
const whole = { dropout_rate: 0.5, seed: 1 };
const isOne = (value: number) => value === 1;

describe('masks of a variant', () => {
  it('are paired with the method’s own over columns and rows, and drop nothing else', () => {
    const own = instanceMasks(layout, whole)(3, 1);
    const columns = instanceMasks(layout, { ...whole, masked: 'columns' })(3, 1);
    expect(columns.input).toEqual(own.input);
    expect(columns.output.every(isOne)).toBe(true);
    const rank = instanceMasks(layout, { ...whole, masked: 'rank' })(3, 1);
    expect([...rank.input, ...rank.output].every(isOne)).toBe(true);
    expect(rank.rank).toHaveLength(16);
    expect(new Set(rank.rank)).toEqual(new Set([0, 1]));
  });

  it('are scaled by what makes up for them', () => {
    const { input } = instanceMasks(layout, { ...whole, mask_scaling: 'inverse' })(3, 1);
    expect(new Set(input)).toEqual(new Set([0, 2]));
    const member = memberMasks(
      layout,
      { dropoutRate: 0.75, elements: { lora_dropout: 0, hidden_dropout: 0 }, variant: { mask_scaling: 'inverse' } },
      0,
      1,
    );
    expect(new Set(member.output)).toEqual(new Set([0, 4]));
  });

  it('are one for all instances of a step, or one for each row', () => {
    const shared = instanceMasks(layout, { ...whole, mask_sharing: 'step' });
    expect(shared(3, 5)).toEqual(shared(3, 0));
    expect(shared(4, 0)).not.toEqual(shared(3, 0));
    const { input, output, elements } = instanceMasks(layout, { ...whole, mask_sharing: 'row' })(3, 0);
    expect([...input, ...output].every(isOne)).toBe(true);
    expect(elements?.kinds).toEqual(['row_columns', 'row_rows']);
    const [rows, length, features] = [3, 5, 30];
    const place = { name: 'a.columns', kind: 'row_columns', features, rows: 'all_tokens' } as const;
    const none = new BigInt64Array(rows * length);
    const batch = {
      rows,
      length,
      inputIds: none,
      attentionMask: none,
      tokenTypeIds: none,
      samples: Uint32Array.of(7, 2, 9),
    };
    const kept = new Uint8Array(rows * length * features);
    elements?.draw(place, batch, kept);
    const of = (row: number, token: number) =>
      kept.slice((row * length + token) * features, (row * length + token + 1) * features);
    expect(of(1, 4)).toEqual(of(1, 0));
    expect(of(1, 0)).not.toEqual(of(0, 0));
    const alone = new Uint8Array(2 * features);
    elements?.draw(place, { ...batch, rows: 1, length: 2, samples: Uint32Array.of(2) }, alone);
    expect(alone.slice(features)).toEqual(of(1, 0));
  });
});
