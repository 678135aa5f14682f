import { byComplexity, tradeoffObjective } from '../../tasks/task-metrics.ts';
import type { DatabaseTransaction } from '../database/open-store.ts';
import { allowFolding } from './allow-folding.ts';
import { readFrontCandidates } from './front-candidates.ts';
import type { SweepSnapshot } from './sweep-snapshot.ts';
import type { TrialsOf } from './sweep-trials.ts';
import { tradeoffOf } from './tradeoff-view.ts';

/** Where the configurations of all trials of a sweep lie, and among which all of its front is. */
export async function readSweepTradeoff(
  tx: DatabaseTransaction,
  sweep: TrialsOf,
): Promise<Pick<SweepSnapshot, 'tradeoff' | 'frontCandidates'>> {
  await allowFolding(tx);
  const frontCandidates = await readFrontCandidates(tx, sweep);
  // Complexity is not known before its constants are.
  if (sweep.constants === null) return { frontCandidates };
  const { metric, direction } = tradeoffObjective(sweep.definition);
  const tradeoff = await tradeoffOf(tx, sweep, {
    x: { of: 'metric', name: byComplexity.metric },
    y: { of: 'metric', name: metric },
    better: { x: byComplexity.direction, y: direction },
    log: { x: false, y: false },
    by: null,
    shown: [],
  });
  return { frontCandidates, tradeoff };
}
