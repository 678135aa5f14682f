import { expectedShare } from '../../sweep/mask-variant.ts';
import type { TrialRow } from '../../store/views/sweep-snapshot.ts';

/**
 * Factor of an update where no masks are drawn: its expectation under them, (1 − p)² for the method's own; 1
 * for a trial that is scored `raw`.
 */
export function keptShare({ configuration, evaluation }: Pick<TrialRow, 'configuration' | 'evaluation'>): number {
  return evaluation.mode === 'raw' ? 1 : expectedShare(configuration, evaluation.dropout_rate);
}
