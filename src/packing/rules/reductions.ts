import { again, inputOf, type PackingRule, rankOf, shifted } from '../packing-rule.ts';
import { vectorElements } from '../packable.ts';
import { eachMemberRule } from './each-member.ts';

/**
 * Over the last axis a reduction goes row by row, whoever's the row is, but by vectors that begin where memory says:
 * rows of known length that are no whole vectors, other axes, and squares, are reduced for each member by itself. Rows
 * of tokens keep their bits where a member's first row begins at a whole vector: packable.ts sees to that.
 */
export const reductionRule: PackingRule = (context) => {
  const { b, node } = context;
  const x = inputOf(context, 0);
  const rank = rankOf(x);
  const axes = b.integersOf(inputOf(context, 1).value).map((axis) => (axis < 0 ? axis + rank : axis));
  const row = x.value.shape.at(-1) ?? 1;
  const lastOnly = axes.length === 1 && axes[0] === rank - 1;
  const wholeVectors = typeof row === 'string' || row % vectorElements === 0;
  if (!lastOnly || !wholeVectors || node.operator === 'ReduceSumSquare') return eachMemberRule(context);
  return again(context, [x.value, b.int64s(axes.map(shifted))]);
};
