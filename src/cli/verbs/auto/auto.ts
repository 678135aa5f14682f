import { formatCount } from '../../../base/format-count.ts';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DropsweepError } from '../../../base/errors.ts';
import { writePeftAdapter } from '../../../export/models/write-peft-adapter.ts';
import { type OpenRecord, withRecord } from '../../../launch/open-record.ts';
import { isFinal } from '../../../dashboard/lines/sweep-progress.ts';
import { lookAtData } from '../../../launch/data/look-at-data.ts';
import { dryRun } from '../../../launch/launch-sweep.ts';
import { checkSweepText, readSweepText } from '../../../launch/read-sweep-file.ts';
import { slotsOf } from '../../../services/supervisor-settings.ts';
import type { SweepDefinition } from '../../../sweep/sweep-definition.ts';
import type { Objective } from '../../../sweep/vocabulary.ts';
import { measure, measureText } from '../../../metrics/metrics.ts';
import { configurationScores } from '../../../report/comparing/configuration-scores.ts';
import { rankScores } from '../../../report/comparing/judgement.ts';
import type { SweepSnapshot, TrialRow } from '../../../store/views/sweep-snapshot.ts';
import { headingOf } from '../../../tasks/task-metrics.ts';
import { type CliContext, note } from '../../cli-context.ts';
import { type Outcome, sayOutcome } from '../../output/say-outcome.ts';
import { demandFree } from '../../reading/demand-free.ts';
import { exportedTrial } from '../../reading/exported-trial.ts';
import { readWholeSweep } from '../../reading/read-report.ts';
import { namedTaskOf, starterOf } from '../init/starter-of.ts';
import { launchDefinition } from '../launch/launch.ts';
import type { AutoFlags } from './auto-flags.ts';

export async function auto(this: CliContext, flags: AutoFlags): Promise<void> {
  const { data, out, hours, force, format } = flags;
  const [file, adapter] = [join(out, 'sweep.yaml'), join(out, 'adapter')];
  demandFree(adapter, force);
  if (data === undefined) {
    throw new DropsweepError('USAGE', 'no data is named', {
      where: '--data',
      expected: 'a file of texts and labels: CSV, TSV, JSON, JSON lines or Parquet',
    });
  }
  const content = starterOf(await lookAtData(data), { ...flags, data, named: namedTaskOf(flags), out: file, hours });
  const definition = checkSweepText(content, file);
  const before = existsSync(file) ? readSweepText(file) : null;
  if (before !== null && before !== content && !force) throw otherFile(file);
  await demandTime(definition, hours);
  mkdirSync(out, { recursive: true });
  writeFileSync(file, content);
  try {
    await launchDefinition(this, definition, { detach: false, extend: false, format, file });
  } catch (error) {
    // What was refused is not left behind for the next attempt.
    if (before === null) rmSync(file);
    else writeFileSync(file, before);
    if (error instanceof DropsweepError && error.code === 'SWEEP_NAME_TAKEN')
      note(
        this,
        `--name NAME begins another sweep, which takes over the trainings of ${definition.name} that it has too:`,
      );
    throw error;
  }
  await withRecord(async (record) => {
    const snapshot = await readWholeSweep(record.store, definition.name);
    const outcome = isFinal(snapshot) ? await exportBest(record, snapshot, adapter) : leftOutcome(snapshot);
    sayOutcome(this, format, { sweep: snapshot.name, state: snapshot.state, ...outcome });
  });
}

function otherFile(file: string): DropsweepError {
  return new DropsweepError('USAGE', 'the folder holds the sweep file of other data or settings', {
    where: file,
    expected: 'what these flags and this data make of it',
    fix: `name another folder with --out, write it anew with --force, or run it as it is: dropsweep launch ${file}`,
  });
}

/** A budget that no training could come to its end within is no budget. */
async function demandTime(definition: SweepDefinition, hours: number): Promise<void> {
  const { predicted_seconds_low: low, trainings } = (await dryRun({ ...definition, budget: {} })).forecast;
  const slots = Math.min(definition.parallelism, slotsOf(process.env));
  const needed = ((low ?? 0) * slots) / trainings;
  if (needed <= 3_600 * hours) return;
  throw new DropsweepError('USAGE', 'a single training takes longer than that', {
    where: '--hours',
    got: hours,
    expected: `more than ${(needed / 3_600).toPrecision(2)}`,
    fix: 'allow more hours, or give it fewer rows',
  });
}

interface AutoOutcome extends Outcome {
  readonly trial: number | null;
  readonly metric: string | null;
  readonly value: number | null;
  readonly seeds: number | null;
  readonly adapter: string | null;
  readonly files: readonly string[] | null;
}

/** Somebody left it before its end. */
function leftOutcome({ name, state }: SweepSnapshot): AutoOutcome {
  const text = `${name} is ${state}: the same command exports its best adapter at its end`;
  return { trial: null, metric: null, value: null, seeds: null, adapter: null, files: null, text };
}

/** The best configuration over its seeds, and of those the seed in the middle: the luckiest would promise too much. */
async function exportBest(record: OpenRecord, snapshot: SweepSnapshot, adapter: string): Promise<AutoOutcome> {
  const [objective] = snapshot.definition.objectives;
  const [winner] = objective === undefined ? [] : rankScores(configurationScores(snapshot.trials), objective);
  const trial = objective === undefined || winner === undefined ? undefined : middleOf(winner.trials, objective);
  if (objective === undefined || winner === undefined || trial === undefined) {
    throw new DropsweepError('USAGE', 'no training came to its end within the time', {
      where: snapshot.name,
      fix: `more --hours under another --name and --out, or see why: dropsweep show ${snapshot.name}`,
    });
  }
  rmSync(adapter, { recursive: true, force: true });
  const { files } = await writePeftAdapter(await exportedTrial(record, snapshot, trial.trial), adapter);
  const value = `${headingOf(snapshot.definition, objective.metric)} ${measureText(trial, objective.metric)}`;
  const { scored, trials } = winner;
  const middle = scored > 1 ? `, the middle of ${scored} seeds` : '';
  const left = scored < trials.length ? `; ${scored} of ${trials.length} seeds ended` : '';
  const text = [
    `The best configuration's adapter, trial ${trial.trial} (${value}${middle}${left}), with its card: ${adapter}, ${formatCount(files.length, 'file')}.`,
    `New rows: dropsweep predict ${snapshot.name} --trial ${trial.trial} FILE`,
  ].join('\n');
  return {
    trial: trial.trial,
    metric: objective.metric,
    value: measure(trial, objective.metric),
    seeds: scored,
    ...{ adapter, files, text },
  };
}

/** Of two the worse. */
function middleOf(trials: readonly TrialRow[], { metric, direction }: Objective): TrialRow | undefined {
  const sign = direction === 'maximize' ? 1 : -1;
  const scored = trials
    .flatMap((trial) => {
      const value = measure(trial, metric);
      return value === null ? [] : [{ trial, value }];
    })
    .sort((a, b) => sign * (a.value - b.value));
  return scored[Math.floor((scored.length - 1) / 2)]?.trial;
}
