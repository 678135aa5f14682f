import { seedRule, wholeFrom } from '../sweep/file/number-rules.ts';
import type { KindField } from '../sweep/file/search-section.ts';
import type { YamlSection } from '../sweep/file/yaml-section.ts';

/** What every sampler that draws its points is told: how many, and by which seed. */
function fieldsOf(sentence: string): readonly KindField[] {
  return [
    { name: 'trials', expected: 'a whole number of at least 1', sentence },
    { name: 'seed', expected: 'a whole number of at least 0', sentence: 'What points are drawn by; default 0' },
  ];
}

export const pointsFields = fieldsOf('Points, each with every seed of the space');

/** Of samplers that draw them without looking at constraints. */
export const drawnFields = fieldsOf(
  'Points that are drawn, each with every seed of the space; none is drawn for one that constraints leave out',
);

/** @param howMany said where `trials` is missing */
export function readPoints(section: YamlSection, howMany: string): { readonly trials: number; readonly seed: number } {
  const trials = section.number('trials', wholeFrom(1));
  if (!section.has('trials')) section.missing('trials', howMany);
  return { trials: trials ?? 1, seed: section.number('seed', seedRule) ?? 0 };
}
