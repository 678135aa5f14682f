import { isAbsolute } from 'node:path';
import { randomUUID } from 'node:crypto';
import { findModel, resolveModel } from '../../hub/resolve-model.ts';
import { defaultSlots } from '../../services/supervisor-settings.ts';
import { commandSweep } from '../../store/commands.ts';
import { migrate } from '../../store/migrate.ts';
import { finishedTrainings } from '../../store/sweep-list.ts';
import { predictCost } from '../../sweep/predict-cost.ts';
import type { SweepDefinition } from '../../sweep/sweep-definition.ts';
import { type CliContext, note, say } from '../cli-context.ts';
import { followSweep } from '../follow-sweep.ts';
import { launchSummary } from '../launch-summary.ts';
import { type Machine, machineIfRunning, startedMachine } from '../machine.ts';
import { type OpenRecord, withMachineRecord } from '../open-record.ts';
import { demandPrecisionHere, predictMemory } from '../predict-memory.ts';
import { namedBase, type PreparedSweep, prepareSweep } from '../prepare-sweep.ts';
import { readSweepFile } from '../read-sweep-file.ts';
import { recordSweep } from '../record-sweep.ts';
import type { LaunchFlags } from '../steering-verbs.ts';
import { wake } from '../wake.ts';

export async function launch(this: CliContext, flags: LaunchFlags, file: string): Promise<void> {
  const definition = readSweepFile(file);
  if (flags.dryRun) await dryRun(this, definition);
  else await launchDefinition(this, definition, { detach: flags.detach, extend: false });
}

/** Says what launching would do. Fetches no model and starts nothing; looks at the database where one is up. */
async function dryRun(context: CliContext, definition: SweepDefinition): Promise<void> {
  // A place on this machine has the model or is wrong; a hub id may still be fetched.
  const prepared = await prepareSweep(definition, async (reference) =>
    isAbsolute(reference)
      ? resolveModel(reference, { fetch: false })
      : ((await findModel(reference)) ?? namedBase(reference)),
  );
  await demandPrecisionHere(prepared, process.env);
  const memory = predictMemory(prepared, process.env);
  const machine = machineIfRunning();
  const done = machine === null ? null : await withMachineRecord(machine, ({ store }) => finishedOf(store, prepared));
  say(context, summaryOf(prepared, done, memory).join('\n'));
  if (definition.trainer === 'onnx' && prepared.plan.inputs.base.folder === '')
    say(context, `  ${definition.base} is not on this machine yet: launching fetches it`);
  say(context, 'Dry run: nothing was started.');
}

export interface LaunchOptions {
  readonly detach: boolean;
  readonly extend: boolean;
  /** Go on with a sweep that is there already and was paused or cancelled. */
  readonly resume?: boolean;
}

/** Records a valid sweep, brings up what drives it, and shows it. */
export async function launchDefinition(
  context: CliContext,
  definition: SweepDefinition,
  { detach, extend, resume = false }: LaunchOptions,
): Promise<void> {
  const progress = (text: string): void => note(context, text);
  const prepared = await prepareSweep(definition, (reference) => resolveModel(reference, { progress }));
  // What the device cannot run is refused before anything is started.
  await demandPrecisionHere(prepared, process.env);
  const memory = predictMemory(prepared, process.env);
  const machine = await startedMachine(progress);
  await withMachineRecord(machine, async (record) => {
    await migrate(record.store);
    const done = await finishedOf(record.store, prepared);
    say(context, summaryOf(prepared, done, memory).join('\n'));
    const { kind, sweepId } = await recordSweep(record, prepared, extend, progress);
    if (kind === 'attached') say(context, `The sweep ${definition.name} is there already: nothing is repeated.`);
    if (kind === 'attached' && resume) {
      const { changed } = await commandSweep(record.store, definition.name, randomUUID(), { kind: 'resume' });
      if (changed) await wake(record, sweepId);
    }
    await finish(context, { record, machine, name: definition.name, detach });
  });
}

interface Launched {
  readonly record: OpenRecord;
  readonly machine: Machine;
  readonly name: string;
  readonly detach: boolean;
}

export async function finish(context: CliContext, { record, machine, name, detach }: Launched): Promise<void> {
  if (detach) {
    say(context, `Launched. dropsweep watch ${name} shows it, dropsweep wait ${name} waits for it.`);
    return;
  }
  if ((await followSweep(context, record, name)) === 'left') return;
  say(context, places(machine, name).join('\n'));
}

/** Where things are, for somebody who sees them for the first time. */
function places(machine: Machine, name: string): readonly string[] {
  return [
    `Checkpoints with the adapters: ${machine.dataDirectory}/checkpoints`,
    `Database: ${machine.databaseName}`,
    `An adapter for PEFT: dropsweep export ${name} --adapter TRIAL --out FOLDER`,
  ];
}

async function finishedOf(store: OpenRecord['store'], { plan }: PreparedSweep): Promise<ReadonlySet<string>> {
  return finishedTrainings(
    store,
    plan.trainings.map(({ training_hash }) => training_hash),
  );
}

function summaryOf(
  prepared: PreparedSweep,
  done: ReadonlySet<string> | null,
  memory: readonly string[],
): readonly string[] {
  const { plan, trainTokens, devTokens, encoderParameters } = prepared;
  const slots = Math.min(plan.definition.parallelism, defaultSlots());
  const cost = predictCost(plan, { trainTokens, devTokens, encoderParameters, slots, done: done ?? new Set() });
  return [...launchSummary(plan, done === null ? null : done.size, cost), ...memory];
}
