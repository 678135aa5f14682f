import { expect, test } from 'vitest';
import { complexity } from '../../src/evaluate/complexity.ts';

const constants = {
  loss_bound: 2,
  lipschitz: 3,
  hessian_minimum: 1e-4,
  confidence: 0.05,
  train_rows: 1000,
  method: 'test',
};

test('complexity is the second term of the bound', () => {
  // By hand: 2p − p² = 0.75; curvature = 1e-4 + 2·0.01·0.75 = 0.0151; (4 + 24·2·9/0.0151) / 100.
  expect(complexity(0.5, 0.01, constants)).toBeCloseTo(Math.sqrt((4 + 432 / 0.0151) / 100), 10);
});

test('it falls as p grows, as λ grows, and as the rows grow', () => {
  const rates = [0, 0.1, 0.25, 0.5, 0.9].map((p) => complexity(p, 0.01, constants));
  const strengths = [0, 1e-3, 1e-2, 1].map((lambda) => complexity(0.3, lambda, constants));
  for (const values of [rates, strengths]) expect(values).toEqual([...values].sort((a, b) => b - a));
  // p = 0 and λ = 0 are the same bound; all others differ.
  expect(new Set([...rates, ...strengths]).size).toBe(8);
  expect(complexity(0.3, 0, { ...constants, train_rows: 4000 })).toBeCloseTo(complexity(0.3, 0, constants) / 2, 10);
});

test('without a penalty p moves it through the implicit strength alone', () => {
  expect(complexity(0.5, 0, constants)).toBe(complexity(0, 0, constants));
  const implicit = { ...constants, implicit_sparsity: 5e-5 };
  expect(complexity(0.5, 0, implicit)).toBeLessThan(complexity(0.25, 0, implicit));
  expect(complexity(0, 1, implicit)).toBe(complexity(0, 0, implicit));
});
