import { DropsweepError } from '../../../base/errors.ts';
import { compareReport } from '../../../report/compare-report.ts';
import type { CliContext } from '../../cli-context.ts';
import { findTrial } from '../../find-trial.ts';
import { printReport } from '../../read-report.ts';
import type { FormatFlags } from '../../verb-parameters.ts';

/** A first argument that is no number is the sweep's name. */
export async function compare(this: CliContext, flags: FormatFlags, ...words: string[]): Promise<void> {
  const [first] = words;
  const named = first !== undefined && !/^\d+$/.test(first);
  const numbers = (named ? words.slice(1) : words).map(Number);
  if (numbers.length < 2 || numbers.some((trial) => !Number.isSafeInteger(trial))) {
    throw new DropsweepError('USAGE', 'two trials or more are needed to compare', {
      got: words.join(' '),
      expected: 'the sweep, then the numbers of its trials, as `dropsweep show` lists them',
    });
  }
  await printReport(this, named ? first : undefined, flags.format, (snapshot) =>
    compareReport(
      snapshot,
      numbers.map((trial) => findTrial(snapshot, trial)),
    ),
  );
}
