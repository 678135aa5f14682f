import type { Dimension } from '../../onnx/graph.ts';

/**
 * The elements of a small integer tensor as far as they are known before a graph runs: sizes, and numbers computed of
 * them.
 */
export interface Symbolic {
  /** [] or [n] */
  readonly shape: readonly number[];
  readonly entries: readonly Dimension[];
}

type Integers = 'Add' | 'Sub' | 'Mul' | 'Div';

const exact: Readonly<Record<Integers, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => Math.trunc(a / b),
};

/** Element-wise; either side may be one entry. null: not known. */
export function combine(operator: Integers, x: Symbolic, y: Symbolic): Symbolic | null {
  const length = Math.max(x.entries.length, y.entries.length);
  const at = (of: Symbolic, index: number) => of.entries[of.entries.length === 1 ? 0 : index];
  const entries: Dimension[] = [];
  for (let i = 0; i < length; i += 1) {
    const [a, b] = [at(x, i), at(y, i)];
    if (a === undefined || b === undefined) return null;
    entries.push(combineOne(operator, a, b));
  }
  return { shape: x.shape.length >= y.shape.length ? [...x.shape] : [...y.shape], entries };
}

function combineOne(operator: Integers, a: Dimension, b: Dimension): Dimension {
  if (typeof a === 'number' && typeof b === 'number') return exact[operator](a, b);
  if ((operator === 'Add' || operator === 'Sub') && b === 0) return a;
  if (operator === 'Add' && a === 0) return b;
  if ((operator === 'Mul' || operator === 'Div') && b === 1) return a;
  if (operator === 'Mul' && a === 1) return b;
  if (operator === 'Mul') return product([a, b]);
  return (operator === 'Div' ? quotient(a, b) : null) ?? `(${a} ${operator} ${b})`;
}

/** A product in one spelling: numbers first, then names in order. */
export function product(factors: readonly Dimension[]): Dimension {
  let number = 1;
  const names: string[] = [];
  for (const factor of factors) {
    if (typeof factor === 'number') number *= factor;
    else names.push(...factor.split('·'));
  }
  const numbers = names.filter((name) => /^\d+$/.test(name));
  for (const text of numbers) number *= Number(text);
  const symbols = names.filter((name) => !/^\d+$/.test(name)).sort();
  if (symbols.length === 0) return number;
  return [...(number === 1 ? [] : [String(number)]), ...symbols].join('·');
}

/** whole / part where it comes out even; null: not known. */
export function quotient(whole: Dimension, part: Dimension): Dimension | null {
  const left = String(whole).split('·');
  let number = 1;
  for (const factor of String(part).split('·')) {
    const at = left.indexOf(factor);
    if (at >= 0) left.splice(at, 1);
    else if (/^\d+$/.test(factor)) number *= Number(factor);
    else return null;
  }
  const numbers = left.filter((name) => /^\d+$/.test(name));
  const divided = numbers.reduce((result, text) => result * Number(text), 1) / number;
  if (!Number.isInteger(divided)) return null;
  return product([divided, ...left.filter((name) => !/^\d+$/.test(name))]);
}
