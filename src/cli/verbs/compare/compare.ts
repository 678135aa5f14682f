import { DropsweepError } from '../../../base/errors.ts';
import { withRecord } from '../../../launch/open-record.ts';
import { compareReport } from '../../../report/tables/compare-report.ts';
import { compareSweepsReport } from '../../../report/comparing/compare-sweeps.ts';
import { renderReport } from '../../../report/tables/render-report.ts';
import { type CliContext, outputWidth, say } from '../../cli-context.ts';
import { findTrial } from '../../reading/find-trial.ts';
import { readCompared } from '../../reading/read-compared.ts';
import { printReport } from '../../reading/read-report.ts';
import type { FormatFlags } from '../../verb-parameters.ts';

/** Words that are numbers are trials, of the sweep named first; where none is, the words are sweeps. */
export async function compare(this: CliContext, flags: FormatFlags, ...words: string[]): Promise<void> {
  if (words.length >= 2 && words.every((word) => !/^\d+$/.test(word))) {
    await compareSweeps(this, flags, [...new Set(words)]);
    return;
  }
  const [first] = words;
  const named = first !== undefined && !/^\d+$/.test(first);
  const numbers = (named ? words.slice(1) : words).map(Number);
  if (numbers.length < 2 || numbers.some((trial) => !Number.isSafeInteger(trial))) {
    throw new DropsweepError('USAGE', 'two trials or more are needed to compare', {
      got: words.join(' '),
      expected: 'the sweep, then the numbers of its trials, as `dropsweep show` lists them; or the names of sweeps',
    });
  }
  await printReport(this, named ? first : undefined, flags.format, (snapshot) =>
    compareReport(
      snapshot,
      numbers.map((trial) => findTrial(snapshot, trial)),
    ),
  );
}

async function compareSweeps(context: CliContext, { format }: FormatFlags, names: readonly string[]): Promise<void> {
  if (names.length < 2) {
    throw new DropsweepError('USAGE', 'a sweep is compared with another', {
      got: names.join(' '),
      expected: 'two names',
    });
  }
  await withRecord(async ({ store }) => {
    const { sweeps, noise } = await readCompared(store, names);
    say(context, renderReport(compareSweepsReport(sweeps, noise), format, outputWidth(context)));
  });
}
