import { expect, test } from 'vitest';
import { drawMasks, instanceMasks, memberMasks } from '../../src/train/engine/masks/instance-masks.ts';
import { elementRates } from '../../src/sweep/element-dropout.ts';
import { stream } from '../../src/random/stream.ts';

const layout = {
  modules: [
    { name: 'a', inFeatures: 300, outFeatures: 200 },
    { name: 'b', inFeatures: 100, outFeatures: 400 },
  ],
  tensors: [],
  length: 0,
};

test('masks of one seed are paired over dropout rates: what a lower rate drops, a higher one drops too', () => {
  const low = instanceMasks(layout, { dropout_rate: 0.25, seed: 1 })(3, 0);
  const high = instanceMasks(layout, { dropout_rate: 0.5, seed: 1 })(3, 0);
  expect(low.input).toHaveLength(400);
  expect(low.output).toHaveLength(600);
  expect(low.input.every((kept, i) => kept >= (high.input[i] ?? 0))).toBe(true);
  const share = (mask: Float32Array): number => mask.reduce((sum, kept) => sum + kept, 0) / mask.length;
  // Five standard errors of 600 draws.
  expect(Math.abs(share(low.output) - 0.75)).toBeLessThan(5 * Math.sqrt((0.75 * 0.25) / 600));
});

test('steps, instances and modules have masks of their own, and adding a module changes no other', () => {
  const masks = instanceMasks(layout, { dropout_rate: 0.5, seed: 1 });
  expect(masks(3, 0)).toEqual(masks(3, 0));
  expect(masks(3, 1)).not.toEqual(masks(3, 0));
  expect(masks(4, 0)).not.toEqual(masks(3, 0));
  const alone = { ...layout, modules: layout.modules.slice(1) };
  const onlyB = instanceMasks(alone, { dropout_rate: 0.5, seed: 1 })(3, 0);
  expect(onlyB.input).toEqual(masks(3, 0).input.subarray(300));
  expect(onlyB.output).toEqual(masks(3, 0).output.subarray(200));
});

test('members are keyed by mask seed and number, apart from training', () => {
  expect(memberMasks(layout, { dropoutRate: 0.5, elements: elementRates({}) }, 1, 2)).toEqual(
    memberMasks(layout, { dropoutRate: 0.5, elements: elementRates({}) }, 1, 2),
  );
  expect(memberMasks(layout, { dropoutRate: 0.5, elements: elementRates({}) }, 1, 2)).not.toEqual(
    memberMasks(layout, { dropoutRate: 0.5, elements: elementRates({}) }, 2, 2),
  );
  expect(memberMasks(layout, { dropoutRate: 0.5, elements: elementRates({}) }, 1, 0)).not.toEqual(
    instanceMasks(layout, { dropout_rate: 0.5, seed: 1 })(0, 0),
  );
});

test('at p = 0 nothing is dropped', () => {
  const { input, output } = drawMasks(layout, 0, () => stream(0, 'unused'));
  expect([...input, ...output].every((kept) => kept === 1)).toBe(true);
});
