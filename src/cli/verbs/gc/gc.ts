import { hiddenColumn } from '../../../report/tables/hidden-column.ts';
import { frontScores } from '../../../report/tables/pareto-report.ts';
import { renderReport } from '../../../report/tables/render-report.ts';
import {
  type CollectableCheckpoint,
  endedPrograms,
  forgetCheckpoints,
  readCollectable,
  recordedBytes,
  recordedFiles,
} from '../../../store/keeping/collect-checkpoints.ts';
import type { Store } from '../../../store/database/open-store.ts';
import { historyToPrune, pruneHistory } from '../../../store/keeping/prune-history.ts';
import { trainingsOfTrials } from '../../../store/views/configurations/ranked-configurations.ts';
import { sweepNames } from '../../../store/views/sweep-list.ts';
import { openCheckpointStore } from '../../../worker/files/checkpoint-store.ts';
import { leftoverCheckpoints, removeCheckpointFile } from '../../../worker/watching/leftover-checkpoints.ts';
import { programFolders, removeProgramFolder } from '../../../worker/files/program-folders.ts';
import { inputsFolderOf } from '../../../hub/cache-folder.ts';
import { removeInputs, surplusInputs } from '../../../data/kept-inputs.ts';
import { formatBytes } from '../../../base/format-bytes.ts';
import { formatCount } from '../../../base/format-count.ts';
import { counted, type Progress } from '../../../base/progress.ts';
import { type CliContext, progressOf, say } from '../../cli-context.ts';
import type { Machine } from '../../../launch/machine.ts';
import { withRecord } from '../../../launch/open-record.ts';
import type { FormatFlags } from '../../verb-parameters.ts';
import { readScoredSweep } from '../../reading/read-scored-sweep.ts';

export interface GcFlags extends FormatFlags {
  readonly dryRun: boolean;
  /** Bytes that checkpoints may take; absent: none of a training that has succeeded is removed for room. */
  readonly budget?: number;
  /** Days; absent: history stays. */
  readonly history?: number;
  /** Days; absent: what programs kept stays. */
  readonly programs?: number;
}

export async function gc(this: CliContext, flags: GcFlags): Promise<void> {
  await withRecord(async ({ store, machine }) => {
    const progress = progressOf(this);
    const asked = [flags.budget, flags.history, flags.programs].some((flag) => flag !== undefined);
    const kept = asked ? await trainingsOfFronts(store, progress) : [];
    const { folder, id } = openCheckpointStore(machine.dataDirectory);
    const total = await recordedBytes(store, id);
    const going = choose(await readCollectable(store, id), new Set(kept), total, flags.budget);
    const leftovers = leftoverCheckpoints(folder, await recordedFiles(store, id));
    const gone = flags.dryRun
      ? going
      : await forgetCheckpoints(
          store,
          going.map((checkpoint) => checkpoint.id),
        );
    if (!flags.dryRun)
      for (const { uri } of counted([...gone, ...leftovers], progress, 'removing checkpoints', 'files'))
        removeCheckpointFile(folder, uri);
    const superseded = new Set(going.filter((checkpoint) => checkpoint.superseded).map((checkpoint) => checkpoint.id));
    const verb = flags.dryRun ? 'would be removed' : 'removed';
    const rest = total - sizeOf(gone);
    const over = flags.budget !== undefined && rest > flags.budget ? rest - flags.budget : 0;
    const rows = [
      row(
        'superseded',
        'Superseded checkpoints',
        gone.filter(({ id: of }) => superseded.has(of)),
        verb,
      ),
      row(
        'retrainable',
        'Checkpoints of trainings that can be trained again',
        gone.filter(({ id: of }) => !superseded.has(of)),
        verb,
      ),
      row('leftover', 'Files without a record', leftovers, verb),
      inputs(flags),
      ...(flags.programs === undefined
        ? []
        : [await programs(store, machine, { ...flags, days: flags.programs }, kept)]),
      ...(flags.history === undefined ? [] : [await history(store, flags.history, kept, flags.dryRun)]),
    ];
    if (flags.format !== 'table') {
      const facts = { dry_run: flags.dryRun, kept_bytes: rest };
      say(this, renderReport({ columns, rows, facts, before: [], after: [] }, flags.format, 0));
      return;
    }
    const stays = [
      `${formatBytes(rest)} of checkpoints ${flags.dryRun ? 'would stay' : 'stay'}.`,
      ...(over > 0
        ? [`That is ${formatBytes(over)} over the budget: fronts, pinned ones and what trainings go on from are kept.`]
        : []),
    ];
    const texts = rows.map(({ text }) => text);
    say(this, [...texts.slice(0, 3), ...stays, ...texts.slice(3)].join('\n'));
  });
}

/** Superseded ones always; of the others the cheapest to train again, until the rest is within the budget. */
function choose(
  collectable: readonly CollectableCheckpoint[],
  fronts: ReadonlySet<string>,
  total: number,
  budget: number | undefined,
): readonly CollectableCheckpoint[] {
  const superseded = collectable.filter((checkpoint) => checkpoint.superseded);
  if (budget === undefined) return superseded;
  let rest = total - sizeOf(superseded);
  const further: CollectableCheckpoint[] = [];
  for (const checkpoint of collectable) {
    if (rest <= budget) break;
    const onFront = checkpoint.last && fronts.has(checkpoint.trainingId);
    if (checkpoint.superseded || onFront) continue;
    further.push(checkpoint);
    rest -= checkpoint.bytes;
  }
  return [...superseded, ...further];
}

async function trainingsOfFronts(store: Store, progress: Progress): Promise<readonly string[]> {
  const trainings = new Set<string>();
  for (const name of counted(await sweepNames(store), progress, 'reading fronts', 'sweeps')) {
    const sweep = await readScoredSweep(store, name);
    const trials = frontScores(sweep).rows.flatMap((score) => score.trials.map(({ trial }) => trial));
    for (const id of await trainingsOfTrials(store, sweep.sweepId, trials)) trainings.add(id);
  }
  return [...trainings];
}

async function history(store: Store, days: number, kept: readonly string[], dryRun: boolean): Promise<GcRow> {
  const { attempts, metrics, events } = await (dryRun ? historyToPrune : pruneHistory)(store, days, kept);
  const verb = dryRun ? 'would be forgotten' : 'forgotten';
  const text = `Of trainings that ended more than ${formatCount(days, 'day')} ago: ${formatCount(attempts, 'attempt')}, ${formatCount(metrics, 'stretch', 'stretches')} of metrics and ${formatCount(events, 'event')} ${verb}.`;
  return { what: 'history', removed: attempts + metrics + events, bytes: null, text };
}

function inputs({ dryRun }: Pick<GcFlags, 'dryRun'>): GcRow {
  const folder = inputsFolderOf(process.env);
  const going = surplusInputs(folder);
  if (!dryRun) for (const { name } of going) removeInputs(folder, name);
  const name = 'Inputs made of rows that nobody read for a month, or beyond 4 GiB';
  return row('inputs', name, going, dryRun ? 'would be removed' : 'removed');
}

/** Fronts and pinned ones keep what their programs kept, and so does whatever has not succeeded. */
async function programs(
  store: Store,
  { dataDirectory }: Machine,
  { days, dryRun }: { readonly days: number; readonly dryRun: boolean },
  kept: readonly string[],
): Promise<GcRow> {
  const folders = programFolders(dataDirectory);
  const hashes = folders.map(({ trainingHash }) => trainingHash);
  const ended = await endedPrograms(store, hashes, days, kept);
  const going = folders.filter(({ trainingHash }) => ended.has(trainingHash));
  if (!dryRun) for (const { trainingHash } of going) removeProgramFolder(dataDirectory, trainingHash);
  const name = `What programs kept of trainings that succeeded more than ${formatCount(days, 'day')} ago`;
  return row('programs', name, going, dryRun ? 'would be removed' : 'removed');
}

interface GcRow {
  readonly what: string;
  readonly removed: number;
  readonly bytes: number | null;
  readonly text: string;
}

const columns = [
  hiddenColumn<GcRow>('what', ({ what }) => what),
  hiddenColumn<GcRow>('removed', ({ removed }) => removed),
  hiddenColumn<GcRow>('bytes', ({ bytes }) => bytes),
  hiddenColumn<GcRow>('text', ({ text }) => text),
];

function row(what: string, name: string, removed: readonly { readonly bytes: number }[], verb: string): GcRow {
  const bytes = sizeOf(removed);
  return { what, removed: removed.length, bytes, text: `${name}: ${removed.length} ${verb}, ${formatBytes(bytes)}.` };
}

function sizeOf(files: readonly { readonly bytes: number }[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}
