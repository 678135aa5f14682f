import type { EvaluationConfiguration } from '../sweep/vocabulary.ts';

/**
 * What an update is multiplied by where no masks are drawn: (1 − p)², its expectation under them; 1 for a trial that is
 * scored `raw`.
 */
export function keptShare({
  mode,
  dropout_rate: rate,
}: Pick<EvaluationConfiguration, 'mode' | 'dropout_rate'>): number {
  return mode === 'raw' ? 1 : (1 - rate) ** 2;
}
