import { type OutputRows, sameOffsets } from '../../sweep/output-rows.ts';
import type { EvaluateSegment, PendingEvaluation } from '../../sweep/segment.ts';
import type { DatasetReference, EvaluationConfiguration } from '../../sweep/vocabulary.ts';
import type { EvaluatedRows } from '../../tasks/task.ts';
import { outputOffsets } from './forward-rows.ts';
import type { RunCommand } from '../process/segment-runner.ts';
import { gapRowsOf } from '../../sweep/gap-rows.ts';
import { trainSubsample, type WarmSlot } from './warm-slot.ts';

/** Rows that are scored together, by what they are and how they are encoded. */
export interface EvaluationSet {
  readonly id: string;
  readonly rows: EvaluatedRows;
}

/** An evaluation with its rows, and the train rows that it is compared with; null: none. */
export interface EvaluationJob {
  readonly pending: PendingEvaluation;
  readonly evaluated: EvaluationSet;
  readonly train: EvaluationSet | null;
}

/** One forward pass over one set of rows: a member of an ensemble, or the only pass of the other modes. */
export interface EvaluationPass {
  readonly key: string;
  readonly configuration: EvaluationConfiguration;
  readonly member: number;
  readonly set: EvaluationSet;
}

/** The rows of each of a segment's evaluations, encoded as its own task, or the training's, does it. */
export async function readJobs(
  segment: EvaluateSegment,
  command: RunCommand,
  slot: WarmSlot,
): Promise<readonly EvaluationJob[]> {
  const { base, task, train, configuration } = segment.specification;
  const { modelFolder, datasetFiles, inputsFolder } = command;
  const read = (
    dataset: DatasetReference,
    { task: own = task, max_length: length }: Partial<EvaluationConfiguration>,
  ) =>
    slot.encoded({
      base,
      modelFolder,
      task: own,
      dataset,
      file: datasetFiles[dataset.hash],
      inputsFolder,
      maxLength: length ?? configuration.max_length,
    });
  const jobs: EvaluationJob[] = [];
  for (const pending of segment.evaluations) {
    const { judging, task: shape = task, max_length: length, gap } = pending.configuration;
    const judged = { shape, ...(judging === undefined ? {} : { judging }) };
    const encoded = await read(pending.dataset, pending.configuration);
    const own = [...(shape === task ? [] : [shape]), ...(length === undefined ? [] : [length])];
    const id = own.length === 0 ? pending.dataset.hash : JSON.stringify([pending.dataset.hash, ...own]);
    const evaluated = { id, rows: { ...encoded, ...judged } };
    if (gap === false) {
      jobs.push({ pending, evaluated, train: null });
      continue;
    }
    const trainRows = await read(train, {});
    const count = gapRowsOf(pending.configuration, trainRows.rows.length);
    const compared = { ...trainSubsample(trainRows, train.hash, count), ...judged };
    jobs.push({ pending, evaluated, train: { id: `train:${train.hash}:${count}`, rows: compared } });
  }
  return jobs;
}

export function passesOf({ pending, evaluated, train }: EvaluationJob): EvaluationPass[] {
  const { configuration } = pending;
  const members = Array.from({ length: configuration.ensemble_size }, (_, member) => member);
  return [evaluated, ...(train === null ? [] : [train])].flatMap((set) =>
    members.map((member) => ({ key: passKey(set, configuration, member), configuration, member, set })),
  );
}

/** Equal keys are equal passes, whichever evaluation asked first. */
export function passKey(set: EvaluationSet, configuration: EvaluationConfiguration, member: number): string {
  const { mode, dropout_rate: rate, mask_seed: maskSeed } = configuration;
  if (mode === 'raw') return JSON.stringify([set.id, mode, member]);
  return JSON.stringify(mode === 'expected' ? [set.id, mode, rate] : [set.id, mode, rate, maskSeed, member]);
}

/** The stored outputs of jobs; those of one who made other inputs of the rows are left aside. */
export function storedOutputs(jobs: readonly EvaluationJob[]): Map<string, OutputRows> {
  const stored = new Map<string, OutputRows>();
  for (const { pending, evaluated } of jobs) {
    const offsets = outputOffsets(evaluated.rows);
    for (const { member, outputs } of pending.storedMembers) {
      if (!sameOffsets(outputs, { offsets })) continue;
      stored.set(passKey(evaluated, pending.configuration, member), outputs);
    }
  }
  return stored;
}
