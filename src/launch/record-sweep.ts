import type { Progress } from '../base/progress.ts';
import { DropsweepError } from '../base/errors.ts';
import type { CostPrediction } from '../sweep/predict-cost.ts';
import { createSweep, type CreateSweepResult } from '../store/plans/create-sweep.ts';
import { describeDifference } from '../sweep/describe-difference.ts';
import { launchedBy } from './launched-by.ts';
import type { OpenRecord } from './open-record.ts';
import type { PreparedSweep } from './prepare-sweep.ts';
import { wake } from './wake.ts';

type Recorded = Exclude<CreateSweepResult, { kind: 'conflict' }>;

/**
 * Writes a sweep into the record, of a large one its first trainings, and wakes whoever drives it and records the others.
 * @throws DropsweepError SWEEP_NAME_TAKEN, with the difference, when the name stands for another sweep
 */
export async function recordSweep(
  record: OpenRecord,
  { plan, datasets, predicted }: PreparedSweep & { readonly predicted?: CostPrediction },
  extend: boolean,
  progress: Progress,
): Promise<Recorded> {
  const result = await createSweep(record.store, {
    plan,
    datasets,
    launchedBy: { ...launchedBy(), ...predictedFact(predicted) },
    extend,
    // The worker that is kept up here goes on with it, whoever leaves.
    handOver: true,
    progress: (done, of) =>
      progress('recording trainings, which the services go on with by themselves', { done, of, unit: 'trainings' }),
  });
  if (result.kind === 'conflict') {
    const { name } = plan.definition;
    const difference = describeDifference(
      { definition: result.existing, inputs: plan.inputs },
      { definition: plan.definition, inputs: plan.inputs },
    );
    const what = extend
      ? `the sweep ${name} has trainings that the file leaves out`
      : `the sweep ${name} is another one`;
    const lines = difference.length === 0 ? ['the content of the rows or of the base model'] : difference;
    throw new DropsweepError(
      'SWEEP_NAME_TAKEN',
      `${what}; recorded → file:\n${lines.map((line) => `    ${line}`).join('\n')}`,
      {
        fix: `${extend ? 'put them back into the file' : `dropsweep resume ${name} --extend FILE, if the file only adds to it`}; or give the file another name, or launch it anew with dropsweep resume NEW-NAME --fork FILE`,
      },
    );
  }
  await wake(record, result.sweepId);
  return result;
}

/** What was predicted stands with the sweep, so that it can be held against what it took. */
function predictedFact(predicted: CostPrediction | undefined): Readonly<Record<string, string>> {
  if (predicted === undefined || predicted.highSeconds <= 0) return {};
  return { predicted_seconds: `${predicted.lowSeconds.toFixed(1)} to ${predicted.highSeconds.toFixed(1)}` };
}
