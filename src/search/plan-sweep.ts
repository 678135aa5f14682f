import { DropsweepError } from '../base/errors.ts';
import { canonicalJson } from '../base/canonical-json.ts';
import { canonicaliseEvaluation, canonicaliseTraining } from '../sweep/canonicalise.ts';
import { evaluationHash, sweepHash, trainingHash } from '../sweep/identity.ts';
import type {
  PlannedEvaluation,
  PlannedTraining,
  ResolvedInputs,
  SweepDefinition,
  SweepPlan,
} from '../sweep/sweep-definition.ts';
import { configurationOf, trainingField } from '../sweep/training-fields.ts';
import { trainerVersion } from '../sweep/trainer-version.ts';
import type {
  DatasetReference,
  EvaluationSplit,
  TrainingConfiguration,
  TrainingSpecification,
} from '../sweep/vocabulary.ts';
import { makeSampler } from './make-sampler.ts';
import { makeScheduler } from './make-scheduler.ts';
import type { SpacePoint } from './sampler.ts';

/** Points of a search: 100,000 trainings are planned in some seconds and recorded in half a minute. */
const mostPoints = 200_000;

/**
 * Counts a search's points before anything is made of them.
 * @throws DropsweepError SWEEP_FILE_INVALID
 */
export function demandSearchSize(definition: SweepDefinition): void {
  const { size } = makeSampler(definition);
  if (size <= mostPoints) return;
  throw new DropsweepError('SWEEP_FILE_INVALID', 'the search has more points than a sweep can hold', {
    where: definition.search.kind === 'grid' ? 'space' : 'search.trials, times the values of seed',
    got: `${size} points`,
    expected: `at most ${mostPoints}`,
    fix: 'give axes fewer values, or draw from them: search: {kind: random, trials: <number>}',
  });
}

/**
 * All trainings and evaluations of a sweep, each once, in the order of the points that first ask for them. Pure.
 * @throws DropsweepError SWEEP_FILE_INVALID when a training has fewer steps than rungs, or leaves no step for allocating ranks
 */
export function planSweep(definition: SweepDefinition, inputs: ResolvedInputs): SweepPlan {
  demandSearchSize(definition);
  const sampler = makeSampler(definition);
  const scheduler = makeScheduler(definition.scheduler);
  const rungCount = definition.scheduler.kind === 'none' ? 1 : definition.scheduler.rungs.length + 1;
  const trainings = new Map<string, PlannedTraining>();
  let trials = 0;
  for (let ordinal = 0; ordinal < sampler.size; ordinal += 1) {
    const configuration = configurationAt(definition, sampler.suggest(ordinal, []));
    // Equal configurations are found by their text, which is cheaper than their hash.
    const key = canonicalJson({ ...configuration });
    if (trainings.has(key)) continue;
    checkAllocation(configuration);
    const specification = specify(definition, inputs, configuration);
    const rungSteps = scheduler.rungSteps(specification.total_steps);
    if (rungSteps.length !== rungCount) throw tooFewSteps(specification.total_steps, rungCount);
    const hash = trainingHash(specification);
    const evaluations = planEvaluations(definition, inputs, configuration, hash);
    trials += evaluations.length;
    trainings.set(key, {
      ordinal: trainings.size,
      training_hash: hash,
      specification,
      rung_steps: rungSteps,
      evaluations,
    });
  }
  return {
    definition,
    canonical_hash: sweepHash(definition, inputs),
    inputs,
    trainings: [...trainings.values()],
    merged_points: sampler.size * definition.evaluations.length - trials,
    trials,
  };
}

function configurationAt(definition: SweepDefinition, point: SpacePoint): TrainingConfiguration {
  const values = Object.entries(point).map(
    ([name, value]) => [name, trainingField(name)?.form.axis?.valueOf(value) ?? null] as const,
  );
  return canonicaliseTraining({ ...definition.training, keep: 'last', ...configurationOf(values) });
}

function checkAllocation(configuration: TrainingConfiguration): void {
  const { allocation_warmup_fraction: warmup = 0, allocation_final_fraction: final = 0 } = configuration;
  if (warmup + final < 1) return;
  throw new DropsweepError('SWEEP_FILE_INVALID', 'no steps are left between the two phases without allocation', {
    where: 'allocation_warmup_fraction and allocation_final_fraction',
    got: `${warmup} + ${final}`,
    expected: 'shares of the steps whose sum is below 1',
  });
}

function specify(
  definition: SweepDefinition,
  inputs: ResolvedInputs,
  configuration: TrainingConfiguration,
): TrainingSpecification {
  const { trainer, simulation } = definition;
  const trainInputs = inputs.train_inputs?.[configuration.max_length] ?? inputs.train.rows;
  const stepsPerEpoch = Math.ceil(trainInputs / configuration.batch_size);
  return {
    trainer,
    trainer_version: trainerVersion,
    configuration,
    base: inputs.base,
    task: inputs.task,
    train: inputs.train,
    total_steps: simulation === undefined ? configuration.epochs * stepsPerEpoch : simulation.steps,
    ...(simulation === undefined ? {} : { simulation }),
  };
}

function planEvaluations(
  definition: SweepDefinition,
  inputs: ResolvedInputs,
  configuration: TrainingConfiguration,
  training: string,
): readonly PlannedEvaluation[] {
  const planned = new Map<string, PlannedEvaluation>();
  const { judging } = definition.task;
  for (const request of definition.evaluations) {
    const canonical = canonicaliseEvaluation(request, configuration);
    const evaluation = judging === undefined ? canonical : { ...canonical, judging };
    const dataset = datasetOf(inputs, evaluation.split);
    const hash = evaluationHash(training, evaluation, dataset);
    if (!planned.has(hash)) planned.set(hash, { evaluation_hash: hash, configuration: evaluation, dataset });
  }
  return [...planned.values()];
}

function datasetOf(inputs: ResolvedInputs, split: EvaluationSplit): DatasetReference {
  const dataset = split === 'dev' ? inputs.dev : inputs.test;
  if (dataset !== null) return dataset;
  throw new DropsweepError('DATA_INVALID', 'the data have no labelled test rows', {
    where: 'evaluation.split',
    got: 'test',
    expected: 'dev',
  });
}

function tooFewSteps(steps: number, rungs: number): DropsweepError {
  return new DropsweepError('SWEEP_FILE_INVALID', 'a training has too few steps for its rungs', {
    where: 'scheduler.rungs',
    got: `${steps} steps for ${rungs} rungs`,
    expected: 'rungs that end at different steps',
    fix: 'name fewer rungs, or raise training.epochs',
  });
}
