import type { Progress } from '../../base/progress.ts';
import { openTokenizer } from '../../data/tokens/open-tokenizer.ts';
import { elementRates } from '../../sweep/element-dropout.ts';
import type { OutputRows } from '../../sweep/output-rows.ts';
import type { FrozenRow } from '../../sweep/vocabulary.ts';
import type { EvaluatedRows } from '../../tasks/task.ts';
import { taskOf } from '../../tasks/tasks.ts';
import { deviceOfSlot } from '../../train/process/device-of-slot.ts';
import { forwardEach } from '../../train/segments/forward-rows.ts';
import { memberPass } from '../../train/engine/passes/member-pass.ts';
import { demandPositions, readModelLimits } from '../../train/engine/model-limits.ts';
import { openAdapterEngine } from '../../train/engine/open-adapter-engine.ts';
import type { ExportedTrial } from '../exported-trial.ts';

/** Outputs of each member of a trial's evaluation for rows. */
export interface MemberPredictions {
  readonly evaluated: EvaluatedRows;
  /** In the members' order. */
  readonly members: readonly OutputRows[];
}

export interface PredictOptions {
  /** Its device: DROPSWEEP_DEVICE, else the CPU. */
  readonly environment: NodeJS.ProcessEnv;
  /** Of this process. */
  readonly threads: number;
  readonly progress?: Progress;
}

/**
 * Runs a trained trial over rows as its evaluation did over its own: the same mode, masks and members.
 * @param rows as its task froze them
 * @throws DropsweepError MODEL_UNSUPPORTED, DEVICE_UNSUITABLE
 */
export async function predictMembers(
  { trial, specification, checkpoint, place }: ExportedTrial,
  rows: readonly FrozenRow[],
  { environment, threads, progress }: PredictOptions,
): Promise<MemberPredictions> {
  const { configuration, task } = specification;
  const { evaluation } = trial;
  const { judging } = evaluation;
  const request = { shape: task, ...openTokenizer(place), maxLength: configuration.max_length };
  const encoded = await taskOf(task).encode(rows, request);
  const limits = await readModelLimits(place);
  demandPositions(encoded, limits);
  const evaluated = { ...encoded, shape: task, ...(judging === undefined ? {} : { judging }) };
  const device = deviceOfSlot(environment);
  const engine = await openAdapterEngine({
    modelFolder: place,
    task,
    adapter: configuration,
    head: configuration,
    threads,
    device,
  });
  try {
    const model = {
      layout: engine.layout,
      parameters: checkpoint.state.parameters,
      elements: elementRates(configuration),
      variant: configuration,
    };
    const all = evaluated.inputs.length * evaluation.ensemble_size;
    let done = 0;
    progress?.('predicting', { done, of: all, unit: 'inputs' });
    const members = await forwardEach(
      { engine, padId: limits.padId },
      evaluated,
      Array.from({ length: evaluation.ensemble_size }, (_, member) => memberPass(model, evaluation, member)),
      () => false,
      (inputs) => progress?.('predicting', { done: (done += inputs), of: all, unit: 'inputs' }),
    );
    return { evaluated, members: members ?? [] };
  } finally {
    await engine.close();
  }
}
