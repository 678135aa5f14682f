import { formatCount } from '../base/format-count.ts';
import type { Progress } from '../base/progress.ts';
import { randomUUID } from 'node:crypto';
import { inputsFolderOf } from '../hub/cache-folder.ts';
import { resolveModel } from '../hub/resolve-model.ts';
import { commandSweep, type SweepCommand } from '../store/commands.ts';
import { planSweep } from '../search/planning/plan-sweep.ts';
import { readStagedSweep } from '../store/views/recorded-sweep.ts';
import { keepSweepFile } from '../store/views/sweep-files.ts';
import { lookAtSchema, migrate } from '../store/database/migrate.ts';
import type { Store } from '../store/database/open-store.ts';
import { programStepSeconds, type StepSeconds } from '../store/programs/program-speed.ts';
import type { SweepDefinition } from '../sweep/sweep-definition.ts';
import { baseHere } from './base/base-here.ts';
import { describedBase } from './base/described-base.ts';
import { endedTrainings, type FinishedTrainings, finishedTrainings } from './cost/finished-trainings.ts';
import { type Forecast, forecastOf } from './cost/forecast.ts';
import { launchSummary, rangeText } from './launch-summary.ts';
import { recipeLines } from './recipe-lines.ts';
import { type Machine, machineIfRunning, startedMachine } from './machine.ts';
import { type OpenRecord, withMachineRecord } from './open-record.ts';
import { demandPrecisionHere, predictMemory } from './cost/predict-memory.ts';
import { type PreparedSweep, prepareSweep } from './prepare-sweep.ts';
import { recordSweep } from './record-sweep.ts';
import { keptSpeed, type Prediction, predictionOf, timedSpeed } from './cost/predict-time.ts';
import { wake } from './wake.ts';

/** What a sweep will cost: as lines for people, and as programs read it. */
export interface DryRun {
  readonly lines: readonly string[];
  readonly forecast: Forecast;
}

/**
 * Says what launching would do. Fetches no model and starts nothing; looks at the database where one is up.
 * @throws DropsweepError whatever launching would refuse
 */
export async function dryRun(definition: SweepDefinition, progress?: Progress): Promise<DryRun> {
  const prepared = await prepareSweep(definition, baseHere, { progress, inputsFolder: inputsFolderOf(process.env) });
  await demandPrecisionHere(prepared, process.env);
  const memory = predictMemory(prepared, process.env, undefined, untimed(prepared));
  const machine = machineIfRunning();
  const known =
    machine === null ? unknown : await withMachineRecord(machine, ({ store }) => knownTo(store, prepared, definition));
  const { done, step } = known;
  const predicted = predictionOf(prepared, done, keptSpeed(prepared, process.env), step);
  const lines = [...summaryOf(prepared, done, memory, predicted), ...recipeLines(definition)];
  if (definition.trainer === 'onnx' && prepared.plan.inputs.base.folder === '')
    lines.push(`  ${definition.base} is not on this machine yet: launching fetches it`);
  if (describedBase(definition.base) !== null)
    lines.push(`  ${definition.base} has no weights yet: this is what its config.json tells, and launching needs them`);
  return { lines, forecast: forecastOf(prepared, done, predicted, process.env) };
}

interface Known {
  readonly done: FinishedTrainings | null;
  readonly step: StepSeconds | null;
}

const unknown: Known = { done: null, step: null };

/** A record that a launch would first make, or bring up to date, is not read before it. */
async function knownTo(store: Store, { plan }: PreparedSweep, definition: SweepDefinition): Promise<Known> {
  if ((await lookAtSchema(store)).isOlder) return unknown;
  return { done: await finishedTrainings(store, plan), step: await programSpeed(store, definition) };
}

export interface LaunchOptions {
  readonly extend: boolean;
  /** Go on with a sweep that is there already and was paused or cancelled. */
  readonly resume?: boolean;
  /** The sweep file to the letter; absent: no file describes it. */
  readonly file?: string;
  /** Told of all that happens meanwhile: a download, a build, how far recording is. */
  readonly progress: Progress;
  /** What the sweep will cost, and whether it was there already; nothing is recorded before the first of it. */
  readonly say: (text: string) => void;
}

/** A sweep that is recorded and driven. */
export interface LaunchedSweep {
  readonly record: OpenRecord;
  readonly machine: Machine;
  readonly name: string;
}

/** The same, of one that was launched now. */
export interface NewlyLaunched extends LaunchedSweep {
  /** It was there already, and is as it was. */
  readonly attached: boolean;
  readonly forecast: () => Forecast;
}

/**
 * Records a valid sweep and brings up what drives it.
 * @param body runs with the record open
 * @throws DropsweepError what model, data and device forbid, before anything is started
 */
export async function launchSweep<Result>(
  definition: SweepDefinition,
  { extend, resume = false, file, progress, say }: LaunchOptions,
  body: (launched: NewlyLaunched) => Promise<Result>,
): Promise<Result> {
  const launched = await prepareSweep(definition, (reference) => resolveModel(reference, { progress }), {
    progress,
    inputsFolder: inputsFolderOf(process.env),
  });
  // What the device cannot run is refused before anything is started.
  await demandPrecisionHere(launched, process.env);
  const memory = predictMemory(launched, process.env, undefined, untimed(launched));
  const machine = await startedMachine(progress);
  return withMachineRecord(machine, async (record) => {
    await migrate(record.store);
    const { prepared, done } = await besides(record.store, launched, extend);
    const speed = await timedSpeed(prepared, done, process.env, progress);
    const predicted = predictionOf(prepared, done, speed, await programSpeed(record.store, definition));
    say(summaryOf(prepared, done, memory, predicted).join('\n'));
    const { kind, sweepId, left, set, unset, added } = await recordSweep(
      record,
      { ...launched, predicted: predicted.cost },
      extend,
      progress,
    );
    if (left > 0)
      say(
        `Of ${formatCount(prepared.plan.trainings.length, 'training')} ${left} are still to be recorded: the services do that while the others run, whoever watches.`,
      );
    if (file !== undefined) await keepSweepFile(record.store, sweepId, file, kind);
    if (kind === 'attached') say(`The sweep ${definition.name} is there already: nothing is repeated.`);
    if (added !== undefined && added <= 0) say(nothingAdded(definition));
    if (set.length > 0) say(`As the file says: ${set.map(settingWords).join(', ')}.`);
    if (unset.length > 0)
      say(
        `The file says ${unset.map(settingWords).join(', ')}, and the sweep stays as it is: dropsweep resume ${definition.name} --extend FILE gives it these.`,
      );
    if (kind === 'attached' && resume) {
      const { changed } = await commandSweep(record.store, definition.name, randomUUID(), { kind: 'resume' });
      if (changed) await wake(record, sweepId);
    }
    return body({
      ...{ record, machine, name: definition.name, attached: kind === 'attached' && set.length === 0 },
      forecast: () => forecastOf(prepared, done, predicted, process.env),
    });
  });
}

/** What is planned with what has ended of it: of an extension, points that earlier files have drawn are planned too. */
async function besides(
  store: Store,
  launched: PreparedSweep,
  extend: boolean,
): Promise<{ readonly prepared: PreparedSweep; readonly done: FinishedTrainings }> {
  const { plan } = launched;
  const sweep = extend ? await readStagedSweep(store, plan.definition.name) : null;
  if (sweep === null) return { prepared: launched, done: await finishedTrainings(store, plan) };
  const prepared = { ...launched, plan: planSweep(plan.definition, plan.inputs, sweep.files) };
  return { prepared, done: await endedTrainings(store, prepared.plan, sweep.id) };
}

function nothingAdded({ name, search }: SweepDefinition): string {
  const drawn =
    search['trials'] === undefined ? '' : ': its points stay as they are, and more trials would draw others';
  return `The file adds no training to ${name}${drawn}.`;
}

function settingWords(command: SweepCommand): string {
  if (command.kind === 'set_parallelism') return `parallelism ${command.parallelism}`;
  return command.kind === 'set_priority' ? `priority ${command.priority}` : command.kind;
}

/** The cost of a sweep of which nothing is done, before any database is asked. */
function untimed(prepared: PreparedSweep): string {
  return rangeText(predictionOf(prepared, null, keptSpeed(prepared, process.env)).cost);
}

function summaryOf(
  { plan, remarks }: PreparedSweep,
  done: FinishedTrainings | null,
  memory: readonly string[],
  { cost, share }: Prediction,
): readonly string[] {
  return [...launchSummary(plan, done, cost, share), ...remarks.map((remark) => `  ${remark}`), ...memory];
}

/** Null: it is no program's sweep, or its program has not run yet. */
async function programSpeed(store: Store, { program }: SweepDefinition): Promise<StepSeconds | null> {
  return program === undefined ? null : programStepSeconds(store, program);
}
