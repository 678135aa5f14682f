import { readSweepSnapshot } from '../../../store/sweep-reader.ts';
import { type TrainerTraits, traitsOf } from '../../../sweep/trainer-traits.ts';
import { dryRun, launchSweep, type LaunchedSweep } from '../../../launch/launch-sweep.ts';
import type { Machine } from '../../../launch/machine.ts';
import { readSweepFile, readSweepText } from '../../../launch/read-sweep-file.ts';
import type { SweepDefinition } from '../../../sweep/sweep-definition.ts';
import { type CliContext, progressOf, say } from '../../cli-context.ts';
import { followSweep } from '../../follow-sweep.ts';
import type { LaunchFlags } from './launch-verb.ts';

export async function launch(this: CliContext, flags: LaunchFlags, file: string): Promise<void> {
  const definition = readSweepFile(file);
  if (!flags.dryRun) return launchDefinition(this, definition, { detach: flags.detach, extend: false, file });
  say(this, (await dryRun(definition)).join('\n'));
  say(this, 'Dry run: nothing was started.');
}

interface LaunchOptions {
  readonly detach: boolean;
  readonly extend: boolean;
  readonly resume?: boolean;
  /** Where the definition was read. */
  readonly file: string;
}

/** Records a valid sweep, brings up what drives it, and shows it. */
export async function launchDefinition(
  context: CliContext,
  definition: SweepDefinition,
  { detach, extend, resume = false, file }: LaunchOptions,
): Promise<void> {
  const speak = {
    progress: progressOf(context),
    say: (text: string): void => say(context, text),
  };
  const options = { extend, resume, file: readSweepText(file), ...speak };
  await launchSweep(definition, options, (launched) => finish(context, { ...launched, detach }));
}

interface Shown extends LaunchedSweep {
  readonly detach: boolean;
}

export async function finish(context: CliContext, { record, machine, name, detach }: Shown): Promise<void> {
  if (detach) {
    say(context, `Launched. dropsweep watch ${name} shows it, dropsweep wait ${name} waits for it.`);
    return;
  }
  if ((await followSweep(context, record, name)) === 'left') return;
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
