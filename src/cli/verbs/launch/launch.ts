import type { FormatFlags } from '../../verb-parameters.ts';
import { readSweepSnapshot } from '../../../store/views/sweep-reader.ts';
import { type TrainerTraits, traitsOf } from '../../../sweep/trainer-traits.ts';
import { dryRun, launchSweep, type LaunchedSweep, type NewlyLaunched } from '../../../launch/launch-sweep.ts';
import type { Machine } from '../../../launch/machine.ts';
import { readSweepFile, readSweepText } from '../../../launch/read-sweep-file.ts';
import type { ReportFormat } from '../../../report/tables/render-report.ts';
import type { SweepDefinition } from '../../../sweep/sweep-definition.ts';
import { type CliContext, note, progressOf, say } from '../../cli-context.ts';
import { followSweep } from '../../output/follow-sweep.ts';
import { type Outcome, sayOutcome } from '../../output/say-outcome.ts';
import { demandDetached } from '../../verb-parameters.ts';

export interface LaunchFlags extends FormatFlags {
  readonly dryRun: boolean;
  readonly detach: boolean;
}

export async function launch(this: CliContext, flags: LaunchFlags, file: string): Promise<void> {
  const { format, detach } = flags;
  demandDetached(format, detach || flags.dryRun, '--dry-run or --detach');
  const definition = readSweepFile(file);
  if (!flags.dryRun) {
    return launchDefinition(this, definition, {
      ...{ detach, format, file, extend: false },
      facts: ({ forecast, attached }) => ({ ...forecast(), launched: true, attached }),
    });
  }
  const { lines, forecast } = await dryRun(definition, progressOf(this));
  const text = [...lines, 'Dry run: nothing was started.'].join('\n');
  sayOutcome(this, format, { ...forecast, launched: false, attached: null, text });
}

interface LaunchOptions extends Pick<Shown, 'detach' | 'format'> {
  readonly extend: boolean;
  readonly resume?: boolean;
  /** Where the definition was read. */
  readonly file: string;
  /** What programs are told of it, once it is launched; absent: its name, and whether anything changed. */
  readonly facts?: (launched: NewlyLaunched) => Omit<Outcome, 'text'>;
}

/** Records a valid sweep, brings up what drives it, and shows it. */
export async function launchDefinition(
  context: CliContext,
  definition: SweepDefinition,
  { detach, format = 'table', extend, resume = false, file, facts = changedFacts }: LaunchOptions,
): Promise<void> {
  const speak = {
    progress: progressOf(context),
    say: (text: string): void => (format === 'table' ? say : note)(context, text),
  };
  const options = { extend, resume, file: readSweepText(file), ...speak };
  await launchSweep(definition, options, (launched) =>
    finish(context, { ...launched, detach, format }, () => facts(launched)),
  );
}

function changedFacts({ name, attached }: NewlyLaunched): Omit<Outcome, 'text'> {
  return { sweep: name, changed: !attached };
}

interface Shown extends LaunchedSweep {
  readonly detach: boolean;
  /** Absent: for people. */
  readonly format?: ReportFormat;
}

/** @param facts what programs are told of a sweep that is left to itself */
export async function finish(
  context: CliContext,
  { record, machine, name, detach, format = 'table' }: Shown,
  facts: () => Omit<Outcome, 'text'>,
): Promise<void> {
  if (detach) {
    const text = `Launched. dropsweep watch ${name} shows it, dropsweep wait ${name} waits for it.`;
    sayOutcome(context, format, { ...facts(), text });
    return;
  }
  const beside = format !== 'table';
  if ((await followSweep(context, record, name, { beside })) === 'left' || beside) return;
  const { trainer } = await readSweepSnapshot(record.store, name, { trialLimit: 1 });
  say(context, places(machine, name, traitsOf(trainer)).join('\n'));
}

/** Where things are, for somebody who sees them for the first time. */
function places({ dataDirectory, databaseName }: Machine, name: string, traits: TrainerTraits): readonly string[] {
  const database = `Database: ${databaseName}`;
  if (!traits.method) return [`What its programs kept, by training: ${dataDirectory}/programs`, database];
  return [
    `Checkpoints with the adapters: ${dataDirectory}/checkpoints`,
    database,
    `An adapter for PEFT: dropsweep export ${name} --adapter TRIAL --out FOLDER`,
  ];
}
