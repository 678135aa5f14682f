import type { FormatFlags } from '../../verb-parameters.ts';
import { DropsweepError } from '../../../base/errors.ts';
import { bestReport } from '../../../report/best-report.ts';
import { shownScores } from '../../../report/judgement.ts';
import type { SweepSnapshot } from '../../../store/views/sweep-snapshot.ts';
import { asObjective } from '../../../sweep/file/read-search.ts';
import { didYouMean } from '../../../sweep/file/sweep-file-problems.ts';
import type { Objective } from '../../../sweep/vocabulary.ts';
import { rankingMetricsOf } from '../../../tasks/task-metrics.ts';
import type { CliContext } from '../../cli-context.ts';
import { readNoise } from '../../read-noise.ts';
import { printReport } from '../../read-report.ts';

export interface BestFlags extends FormatFlags {
  readonly by?: string;
  readonly limit: number;
}

export async function best(this: CliContext, flags: BestFlags, sweep?: string): Promise<void> {
  await printReport(this, sweep, flags.format, async (snapshot, store) => {
    const objective = objectiveNamed(snapshot, flags.by);
    const { shown, baseline } = shownScores(snapshot, objective, flags.limit);
    const noise = await readNoise(store, snapshot, baseline === null ? shown : [...shown, baseline]);
    return bestReport(snapshot, objective, flags.limit, noise);
  });
}

function objectiveNamed(snapshot: SweepSnapshot, name: string | undefined): Objective {
  const [first] = snapshot.definition.objectives;
  if (name === undefined && first !== undefined) return first;
  const metrics = rankingMetricsOf(snapshot.definition);
  const metric = metrics.find((known) => known.name === name);
  if (metric !== undefined) return asObjective(metric);
  const known = metrics.map((one) => one.name);
  throw new DropsweepError('USAGE', `nothing measures ${name ?? ''}${didYouMean(name ?? '', known)}`, {
    where: '--by',
    expected: `one of ${known.join(', ')}`,
  });
}
