import { writeFileSync } from 'node:fs';
import { DropsweepError } from '../../../base/errors.ts';
import { lookAtData } from '../../../launch/data/look-at-data.ts';
import { checkSweepText } from '../../../launch/read-sweep-file.ts';
import type { CliContext } from '../../cli-context.ts';
import { demandFree } from '../../reading/demand-free.ts';
import { canAsk } from '../../reading/ask-terminal.ts';
import { sayOutcome } from '../../output/say-outcome.ts';
import { usualBase } from '../../verb-parameters.ts';
import { askStarter } from './ask-starter.ts';
import type { InitFlags } from './init-flags.ts';
import type { StarterAnswers } from './starter-questions.ts';
import { namedTaskOf, starterOf } from './starter-of.ts';

/** Writes a sweep file for data: what no flag says is asked on a terminal, and guessed elsewhere. */
export async function init(this: CliContext, flags: InitFlags): Promise<void> {
  const { out, format, force, yes } = flags;
  demandFree(out, force);
  const given = await givenBy(flags);
  const { data, table, named, ...more } = canAsk(this) && !yes ? await askStarter(this, given) : given;
  if (data === undefined || table === undefined) {
    throw new DropsweepError('USAGE', 'no data is named', {
      where: '--data',
      expected: 'a file of texts and labels: CSV, TSV, JSON, JSON lines or Parquet',
      fix: 'dropsweep init --data train.csv',
    });
  }
  const { base = usualBase, hours = 'none' } = more;
  const content = starterOf(table, { ...flags, data, named, base, hours: hours === 'none' ? null : hours });
  const { name } = checkSweepText(content, out);
  writeFileSync(out, content);
  const next = `Wrote ${out}. What it costs: dropsweep launch --dry-run ${out}\nWhat its rows are: dropsweep data ${out}. It runs as ${name}: dropsweep launch ${out}`;
  sayOutcome(this, format, { file: out, sweep: name, content, text: format === 'table' ? `${content}${next}` : next });
}

/** @throws DropsweepError DATA_INVALID where the data is none, or has not the columns that are named */
async function givenBy(flags: InitFlags): Promise<StarterAnswers> {
  const { data, base, hours } = flags;
  const named = namedTaskOf(flags);
  const table = data === undefined ? undefined : await lookAtData(data);
  table?.candidates(named);
  return {
    named,
    ...(data === undefined ? {} : { data }),
    ...(table === undefined ? {} : { table }),
    ...(base === undefined ? {} : { base }),
    ...(hours === undefined ? {} : { hours }),
  };
}
