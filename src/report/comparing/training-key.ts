import { canonicalJson } from '../../base/canonical-json.ts';
import type { ConfigurationScore } from './configuration-scores.ts';

/** The same for all evaluations of one training's configuration: they share its trainings, and are no repeats of one another. */
export function trainingKey({ training }: Pick<ConfigurationScore, 'training'>): string {
  const { seed: _, ...configuration } = training;
  return canonicalJson(configuration);
}
