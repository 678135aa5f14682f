import { DropsweepError } from '../../base/errors.ts';
import { bestReport } from '../../report/best-report.ts';
import type { SweepSnapshot } from '../../store/sweep-snapshot.ts';
import { objectiveDirections } from '../../sweep/read-search.ts';
import { didYouMean } from '../../sweep/sweep-file-problems.ts';
import type { Objective } from '../../sweep/vocabulary.ts';
import type { CliContext } from '../cli-context.ts';
import { printReport } from '../read-report.ts';
import type { FormatFlags } from '../verb-parameters.ts';

interface BestFlags extends FormatFlags {
  readonly by?: string;
  readonly limit: number;
}

export async function best(this: CliContext, flags: BestFlags, sweep?: string): Promise<void> {
  await printReport(this, sweep, flags.format, (snapshot) =>
    bestReport(snapshot, objectiveOf(snapshot, flags.by), flags.limit),
  );
}

function objectiveOf(snapshot: SweepSnapshot, metric: string | undefined): Objective {
  const named = metric ?? snapshot.definition.objectives[0]?.metric ?? 'accuracy';
  const direction = objectiveDirections[named];
  if (direction !== undefined) return { metric: named, direction };
  const known = Object.keys(objectiveDirections);
  throw new DropsweepError('USAGE', `nothing measures ${named}${didYouMean(named, known)}`, {
    where: '--by',
    expected: `one of ${known.join(', ')}`,
  });
}
