import { DropsweepError } from '../../../base/errors.ts';
import { formatCount } from '../../../base/format-count.ts';
import type { ReplayDifference } from '../../../search/fold/replay.ts';
import { replaySearchOf } from '../../../store/search/read-search.ts';
import type { CliContext } from '../../cli-context.ts';
import { sayOutcome } from '../../output/say-outcome.ts';
import type { FormatFlags } from '../../verb-parameters.ts';
import { withRecord } from '../../../launch/open-record.ts';

const shownDifferences = 10;

/**
 * Folds the search of a sweep again from its log, and compares the newest snapshot of it besides.
 * @throws SEARCH_DIFFERS where a decision or the snapshot is not what follows
 */
export async function replay(this: CliContext, { format }: FormatFlags, sweep: string): Promise<void> {
  await withRecord(async ({ store }) => {
    const { events, decisions, differences, snapshot, listens } = await replaySearchOf(store, sweep);
    const found = { sweep, decisions, events, snapshot: snapshot?.sequence ?? null };
    if (!listens) {
      const text = `${sweep}: its points were all suggested at once and nothing is decided by results: there is no log.`;
      sayOutcome(this, format, { ...found, text });
      return;
    }
    if (differences.length > 0) {
      const lines = differences.slice(0, shownDifferences).map(differenceText);
      throw new DropsweepError('SEARCH_DIFFERS', differenceSummary(differences, decisions), {
        where: sweep,
        got: `\n${lines.join('\n')}`,
        expected: 'the decisions that this version comes to from the same events',
        fix: 'the sweep may have been extended or run by another version; its results stand either way',
      });
    }
    if (snapshot?.agrees === false) {
      throw new DropsweepError('SEARCH_DIFFERS', 'the snapshot of the search is not what its log comes to', {
        where: sweep,
        got: `another memory after event ${snapshot.sequence}`,
        expected: 'what folding the log from its beginning remembers there',
        fix: 'it is forgotten now; restart the workers with dropsweep down and dropsweep up, and the log is folded instead',
      });
    }
    const held = snapshot === null ? '' : ` The snapshot after event ${snapshot.sequence} is what they come to.`;
    const text = `${sweep}: ${formatCount(decisions, 'decision')} in ${formatCount(events, 'event')}, each as it follows from the log.${held}`;
    sayOutcome(this, format, { ...found, text });
  });
}

/** Those that stand in the log and do not follow, and those that follow and do not stand there. */
function differenceSummary(differences: readonly ReplayDifference[], decisions: number): string {
  const missing = differences.filter(({ recorded }) => recorded === null).length;
  const others = differences.length - missing;
  return [
    ...(others === 0 ? [] : [`${formatCount(others, 'decision')} of ${decisions} are not what follows from the log`]),
    ...(missing === 0 ? [] : [`${formatCount(missing, 'decision')} that should follow from it are missing`]),
  ].join(', and ');
}

function differenceText({ sequence, recorded, follows }: ReplayDifference): string {
  const place = sequence === null ? 'at the end' : `${recorded === null ? 'before event' : 'event'} ${sequence}`;
  return `    ${place}: ${recorded ?? 'nothing'}; ${follows ?? 'nothing'} follows`;
}
