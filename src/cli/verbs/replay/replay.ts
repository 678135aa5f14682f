import { DropsweepError } from '../../../base/errors.ts';
import { formatCount } from '../../../base/format-count.ts';
import { replaySearchOf } from '../../../store/read-search.ts';
import type { CliContext } from '../../cli-context.ts';
import { sayOutcome } from '../../say-outcome.ts';
import type { FormatFlags } from '../../verb-parameters.ts';
import { withRecord } from '../../../launch/open-record.ts';

const shownDifferences = 10;

/** Folds the search of a sweep again from its log. @throws SEARCH_DIFFERS where a decision is not what follows */
export async function replay(this: CliContext, { format }: FormatFlags, sweep: string): Promise<void> {
  await withRecord(async ({ store }) => {
    const { events, decisions, differences, listens } = await replaySearchOf(store, sweep);
    if (!listens) {
      const text = `${sweep}: its points were all suggested at once and nothing is decided by results: there is no log.`;
      sayOutcome(this, format, { sweep, decisions, events, text });
      return;
    }
    if (differences.length > 0) {
      const lines = differences
        .slice(0, shownDifferences)
        .map((each) => `    event ${each.sequence}: ${each.recorded}; ${each.follows ?? 'nothing'} follows`);
      throw new DropsweepError(
        'SEARCH_DIFFERS',
        `${formatCount(differences.length, 'decision')} of ${decisions} are not what follows from the log`,
        {
          where: sweep,
          got: `\n${lines.join('\n')}`,
          expected: 'the decisions that this version comes to from the same events',
          fix: 'the sweep may have been extended, or run by another version; its results stand either way',
        },
      );
    }
    const text = `${sweep}: ${formatCount(decisions, 'decision')} in ${events} events, each as it follows from the log.`;
    sayOutcome(this, format, { sweep, decisions, events, text });
  });
}
