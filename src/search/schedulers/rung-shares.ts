import { properShare } from '../../sweep/file/number-rules.ts';
import type { YamlSection } from '../../sweep/file/yaml-section.ts';

/** `rungs`: shares of the steps in (0, 1), rising from one rung to the next; the training's end is a rung anyway. */
export function readRungs(section: YamlSection): readonly number[] {
  const field = section.field('rungs');
  if (!section.has('rungs')) section.missing('rungs', 'shares of the steps, for instance [0.25, 0.5]');
  const rungs = field === null ? [] : section.list(field, (item) => section.numberOf(item, properShare));
  if (field !== null && rungs.some((rung, index) => rung < (rungs[index - 1] ?? 0)))
    section.reading.report(field.node, field.name, 'the shares must rise from one rung to the next');
  return rungs;
}

/** Steps at which rungs of these shares end; the last is the training's end. Fewer than shares where steps are few. */
export function stepsOfShares(shares: readonly number[], totalSteps: number): readonly number[] {
  const steps = shares.map((share) => Math.min(totalSteps, Math.max(1, Math.round(share * totalSteps))));
  return [...new Set([...steps, totalSteps])].sort((a, b) => a - b);
}
