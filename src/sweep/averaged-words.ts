import type { EvaluationConfiguration } from './vocabulary.ts';

/** What an evaluation averages, in words: of a single pass nothing, whatever its record says that more would average. */
export function averagedWords({
  aggregate,
  ensemble_size: members,
  mode,
}: Pick<EvaluationConfiguration, 'aggregate' | 'ensemble_size' | 'mode'>): string {
  if (members > 1) return aggregate;
  return mode === 'ensemble' ? 'single member' : 'single pass';
}
