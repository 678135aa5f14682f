import type { FormatFlags } from '../../verb-parameters.ts';
import { DropsweepError } from '../../../base/errors.ts';
import { bestReport } from '../../../report/tables/best-report.ts';
import { type ScoredSweep, scoresOf } from '../../../report/comparing/configuration-scores.ts';
import { withTestTwins } from '../../../report/comparing/chosen-among.ts';
import { comparedOf, rankScores, shownScores } from '../../../report/comparing/judgement.ts';
import { renderReport } from '../../../report/tables/render-report.ts';
import { withRecord } from '../../../launch/open-record.ts';
import { readDefinition } from '../../../store/views/sweep-reader.ts';
import { asObjective } from '../../../sweep/file/read-search.ts';
import { didYouMean } from '../../../sweep/file/sweep-file-problems.ts';
import type { SweepDefinition } from '../../../sweep/sweep-definition.ts';
import type { Objective } from '../../../sweep/vocabulary.ts';
import { rankingMetricsOf } from '../../../tasks/task-metrics.ts';
import { chooseSweep } from '../../reading/choose-sweep.ts';
import { type CliContext, outputWidth, say } from '../../cli-context.ts';
import { readNoise } from '../../reading/read-noise.ts';
import { readScoredSweep, withShownMetrics } from '../../reading/read-scored-sweep.ts';

export interface BestFlags extends FormatFlags {
  readonly by?: string;
  readonly limit: number;
}

export async function best(this: CliContext, flags: BestFlags, sweep?: string): Promise<void> {
  await withRecord(async ({ store }) => {
    const name = await chooseSweep(store, sweep);
    const objective = objectiveNamed(await readDefinition(store, name), flags.by);
    const ranked = await readScoredSweep(store, name, [objective.metric]);
    const shownOf = (of: ScoredSweep) => {
      const { shown, baseline } = shownScores(scoresOf(of), objective, comparedOf(flags.limit));
      return withTestTwins(baseline === null ? shown : [...shown, baseline], scoresOf(of));
    };
    const scored = await withShownMetrics(store, ranked, shownOf(ranked), [objective.metric]);
    const ranking = { ranked: rankScores(scoresOf(scored), objective), metric: objective.metric };
    const noise = await readNoise(store, scored, shownOf(scored), ranking);
    say(this, renderReport(bestReport(scored, objective, flags.limit, noise), flags.format, outputWidth(this)));
  });
}

function objectiveNamed(definition: SweepDefinition, name: string | undefined): Objective {
  const [first] = definition.objectives;
  if (name === undefined && first !== undefined) return first;
  const metrics = rankingMetricsOf(definition);
  const metric = metrics.find((known) => known.name === name);
  if (metric !== undefined) return asObjective(metric);
  const known = metrics.map((one) => one.name);
  throw new DropsweepError('USAGE', `nothing measures ${name ?? ''}${didYouMean(name ?? '', known)}`, {
    where: '--by',
    expected: `one of ${known.join(', ')}`,
  });
}
