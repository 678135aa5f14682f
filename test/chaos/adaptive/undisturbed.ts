import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import type { Measurements } from '../../../src/metrics/values/evaluation-metrics.ts';
import type { Store } from '../../../src/store/database/open-store.ts';
import type { EvaluationConfiguration, TrainingSpecification } from '../../../src/sweep/vocabulary.ts';
import { makeSimulatedRunner } from '../../../src/train/simulated/simulated-runner.ts';
import { expectOutcome, RecordingReporter } from '../../support/segment-run.ts';

interface RecordedTraining {
  readonly ordinal: number;
  readonly training_hash: string;
  readonly specification: TrainingSpecification;
  readonly state: string;
  readonly step: number;
  readonly losses: readonly number[];
  readonly checkpoint: string | null;
  readonly evaluations: readonly {
    readonly hash: string;
    readonly at_step: number;
    readonly configuration: EvaluationConfiguration;
    readonly dataset: { readonly hash: string; readonly rows: number };
    readonly metrics: Measurements;
    readonly predictions: string;
  }[];
}

/**
 * Each training of a sweep against the same one in this process, which nobody disturbs: losses step by step, its last
 * checkpoint, metrics and predictions, bit for bit; and whether it diverges.
 */
export async function differencesFromUndisturbed(store: Store, sweepId: string): Promise<readonly string[]> {
  const { rows } = await sql<RecordedTraining>`
    select l.ordinal, t.training_hash, t.specification, t.state, t.step,
      coalesce((select array_agg(value order by m.first_step, place) from metrics m, unnest(m.values) with ordinality
        as v (value, place) where m.training_id = t.id and m.name = 'loss'), '{}') as losses,
      (select c.sha256 from checkpoints c where c.training_id = t.id and c.step = t.step order by c.epoch desc limit 1)
        as checkpoint,
      coalesce((select jsonb_agg(jsonb_build_object('hash', e.evaluation_hash, 'at_step', e.at_step,
        'configuration', e.configuration, 'dataset', jsonb_build_object('hash', e.dataset_hash, 'rows', e.dataset_rows),
        'metrics', e.metrics, 'predictions', e.predictions_sha256)) from evaluations e
        where e.training_id = t.id and e.status = 'done'), '[]') as evaluations
    from sweep_trainings l join trainings t on t.id = l.training_id
    where l.sweep_id = ${sweepId} order by l.ordinal`.execute(store.db);
  const folder = mkdtempSync(join(tmpdir(), 'dropsweep-undisturbed-'));
  const wrong: string[] = [];
  for (const row of rows)
    wrong.push(...(await differencesOf(row, folder)).map((what) => `training ${row.ordinal} ${what}`));
  rmSync(folder, { recursive: true });
  return wrong;
}

async function differencesOf(recorded: RecordedTraining, folder: string): Promise<readonly string[]> {
  const runner = makeSimulatedRunner();
  const { training_hash: trainingHash, step } = recorded;
  const simulation = { failure_rate: 0, crash_rate: 0, steps: 1, ...recorded.specification.simulation, step_ms: 0 };
  const common = {
    ...{ lease: { segmentId: 's', epoch: 1 }, trainingId: 't', trainingHash, rung: 0, attempt: 1 },
    specification: { ...recorded.specification, simulation },
  };
  const command = {
    ...{ kind: 'run' as const, checkpointFolder: folder, storeId: 's', datasetFiles: {}, modelFolder: '' },
    checkpointEverySeconds: 3_600,
  };
  if (recorded.state === 'diverged' || step > 0) {
    const endStep = recorded.state === 'diverged' ? recorded.specification.total_steps : step;
    const segment = { ...common, kind: 'train' as const, checkpoint: null, endStep, pack: 1 };
    const reporter = new RecordingReporter();
    const outcome = await runner.run({ ...command, segment }, reporter);
    if (recorded.state === 'diverged')
      return outcome.kind === 'failed' ? [] : [`has diverged, and undisturbed it has ${outcome.kind}`];
    if (outcome.kind !== 'trained') return [`is ${recorded.state}, and undisturbed it has ${outcome.kind}`];
    const wrong: string[] = [];
    if (!isDeepStrictEqual(recorded.losses, reporter.values('loss', outcome.metrics)))
      wrong.push(`has other losses than undisturbed: ${recorded.losses.length} of ${step} steps`);
    if (recorded.checkpoint !== outcome.checkpoint.sha256) wrong.push('has another checkpoint than undisturbed');
    for (const { hash, at_step, configuration, dataset, ...result } of recorded.evaluations) {
      const checkpoint = { ...outcome.checkpoint, step: at_step };
      const evaluations = [{ evaluationId: hash, configuration, dataset, storedMembers: [] }];
      const again = { ...common, kind: 'evaluate' as const, checkpoint, evaluations };
      const { results } = expectOutcome(await runner.run({ ...command, segment: again }, reporter), 'evaluated');
      const [undisturbed] = results;
      const bits = { metrics: undisturbed?.metrics, predictions: undisturbed?.predictionsSha256 };
      if (!isDeepStrictEqual(result, bits)) wrong.push(`was scored otherwise than undisturbed at step ${at_step}`);
    }
    if (recorded.state === 'succeeded' && recorded.evaluations.length === 0) wrong.push('has no result');
    return wrong;
  }
  return [];
}
