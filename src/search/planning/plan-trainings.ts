import { formatCount } from '../../base/format-count.ts';
import { DropsweepError } from '../../base/errors.ts';
import { canonicaliseEvaluation, canonicaliseTraining } from '../../sweep/canonicalise.ts';
import { type Constraint, parseConstraint } from '../../sweep/constraint.ts';
import { programConfiguration } from '../../sweep/no-base.ts';
import { largestCount } from '../../sweep/file/number-rules.ts';
import { fieldNamed } from '../../sweep/file/read-conditions.ts';
import { evaluationHash, trainingHash } from '../../sweep/identity.ts';
import type {
  PlannedEvaluation,
  PlannedSetEvaluation,
  PlannedTraining,
  ResolvedInputs,
  ResolvedSet,
  SweepDefinition,
} from '../../sweep/sweep-definition.ts';
import { configurationOf, trainingField } from '../../sweep/training-fields.ts';
import { plannedVersion } from '../../sweep/trainer-version.ts';
import type {
  DatasetReference,
  EvaluationConfiguration,
  EvaluationSplit,
  TrainingConfiguration,
  TrainingSpecification,
} from '../../sweep/vocabulary.ts';
import { stopSteps } from './stop-steps.ts';
import type { SpacePoint } from '../sampler.ts';
import type { Scheduler, TrainingLength } from '../scheduler.ts';

/** The inputs with which points are made into trainings. */
export interface TrainingPlanner {
  readonly definition: SweepDefinition;
  readonly inputs: ResolvedInputs;
  readonly scheduler: Scheduler;
}

/** The canonical configuration of a point. */
export function configurationAt(definition: SweepDefinition, point: SpacePoint): TrainingConfiguration {
  if (definition.program !== undefined)
    return programConfiguration([...Object.entries(definition.training), ...Object.entries(point)]);
  const values = Object.entries(point).map(
    ([name, value]) => [name, trainingField(name)?.form.axis?.valueOf(value) ?? null] as const,
  );
  return canonicaliseTraining({ keep: 'last', ...definition.training, ...configurationOf(values) });
}

/** The constraint of the definition that a configuration does not fulfil; null: it fulfils all. */
export function brokenConstraint(definition: SweepDefinition, configuration: TrainingConfiguration): string | null {
  if (definition.constraints === undefined) return null;
  const values = new Map<string, unknown>(Object.entries({ ...definition.training, ...configuration }));
  const broken = constraintsOf(definition).find(
    (constraint) =>
      !constraint.holds((name) => {
        const value = values.get(definition.program === undefined ? fieldNamed(name) : name);
        return typeof value === 'number' ? value : undefined;
      }),
  );
  return broken?.text ?? null;
}

/** Read once: a search asks of every point that it looks at. */
const constraintsRead = new WeakMap<SweepDefinition, readonly Constraint[]>();

function constraintsOf(definition: SweepDefinition): readonly Constraint[] {
  const known = constraintsRead.get(definition);
  if (known !== undefined) return known;
  const read = (definition.constraints ?? []).map((text) => {
    const constraint = parseConstraint(text);
    if (typeof constraint !== 'string') return constraint;
    throw new Error(`the recorded constraint ${text} cannot be read: ${constraint}`);
  });
  constraintsRead.set(definition, read);
  return read;
}

/**
 * The training of a configuration, with the evaluations that its sweep wants of it.
 * @param configuration canonical
 * @throws DropsweepError SWEEP_FILE_INVALID when it has fewer steps than rungs, or leaves no step for allocating ranks
 */
export function planTraining(
  { definition, inputs, scheduler }: TrainingPlanner,
  configuration: TrainingConfiguration,
  ordinal: number,
): PlannedTraining {
  checkAllocation(configuration);
  const specification = specify(definition, inputs, configuration);
  checkLength(specification);
  checkFinalSteps(specification);
  const rungSteps = scheduler.rungSteps(trainingLength(specification), ordinal);
  const rungCount = scheduler.rungCount(ordinal);
  if (rungSteps.length !== rungCount) throw tooFewSteps(specification.total_steps, rungCount);
  const hash = trainingHash(specification);
  const { total_steps } = specification;
  const stops = stopSteps(definition.evaluate_every, { total_steps, epochs: configuration.epochs }, rungSteps);
  const evaluations = planEvaluations(definition, inputs, configuration, hash);
  return {
    ordinal,
    training_hash: hash,
    specification,
    rung_steps: rungSteps,
    ...(stops.length === 0 ? {} : { stop_steps: stops }),
    evaluations,
    ...(inputs.sets === undefined ? {} : { sets: planSets(inputs.sets, evaluations, hash) }),
  };
}

/** What rungs of a training are counted in: a program has steps alone. */
export function trainingLength(specification: TrainingSpecification): TrainingLength {
  const { total_steps: steps, configuration, program } = specification;
  return program === undefined ? { steps, epochs: configuration.epochs } : { steps };
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

/** Ranks reach their target at the first of the final steps: there has to be one. */
function checkFinalSteps({ configuration, total_steps: steps }: TrainingSpecification): void {
  const { rank, target_rank: target, allocation_final_fraction: final } = configuration;
  if (steps === 0 || target === undefined || final === undefined || target >= rank) return;
  if (Math.floor(final * steps) >= 1) return;
  throw new DropsweepError('SWEEP_FILE_INVALID', 'the ranks would never reach target_rank', {
    where: 'allocation_final_fraction',
    got: `${final} of ${formatCount(steps, 'step')}, which is no whole step`,
    expected: `at least ${1 / steps}, one step`,
    fix: 'raise allocation_final_fraction, or train for more steps',
  });
}

/** Steps are counted in the record's integers. */
function checkLength({ total_steps: steps }: TrainingSpecification): void {
  if (steps <= largestCount) return;
  throw new DropsweepError('SWEEP_FILE_INVALID', 'a training has more steps than can be counted', {
    where: 'training.epochs',
    got: formatCount(steps, 'step'),
    expected: `at most ${largestCount}`,
    fix: 'train for fewer epochs, or in larger batches',
  });
}

function specify(
  definition: SweepDefinition,
  inputs: ResolvedInputs,
  configuration: TrainingConfiguration,
): TrainingSpecification {
  const { trainer, simulation, program } = definition;
  const stepsPerEpoch = Math.ceil(trainInputsOf(inputs, configuration.max_length) / configuration.batch_size);
  return {
    trainer,
    trainer_version: plannedVersion(definition),
    configuration,
    base: inputs.base,
    task: inputs.task,
    train: inputs.train,
    total_steps: (program ?? simulation)?.steps ?? configuration.epochs * stepsPerEpoch,
    ...(inputs.passes_over === undefined ? {} : { passes_over: inputs.passes_over }),
    ...(inputs.init_adapter === undefined ? {} : { init_adapter: inputs.init_adapter }),
    ...(inputs.base_head === undefined ? {} : { base_head: inputs.base_head }),
    ...(configuration.keep === 'best_on_dev' ? { selection: selectionOf(definition, inputs) } : {}),
    ...(simulation === undefined ? {} : { simulation }),
    ...(program === undefined ? {} : { program }),
  };
}

/** The rows that the kept step depends on besides the configuration. */
function selectionOf({ task }: SweepDefinition, { dev }: ResolvedInputs): TrainingSpecification['selection'] & object {
  return { dev, ...(task.judging === undefined ? {} : { judging: task.judging }) };
}

/**
 * How many inputs the train rows make. Of a length that a search drew and nobody counted: as many as at the next
 * shorter one that was, so that an epoch is a whole one at least.
 */
function trainInputsOf({ train, train_inputs: counted }: ResolvedInputs, maxLength: number): number {
  if (counted === undefined) return train.rows;
  const lengths = Object.keys(counted)
    .map(Number)
    .toSorted((a, b) => a - b);
  const nearest = lengths.findLast((length) => length <= maxLength) ?? lengths[0];
  return counted[String(nearest)] ?? train.rows;
}

/** Those on dev rows first, however the file orders its splits: it is the first that a search decides by. */
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
  const isTest = ({ configuration: { split } }: PlannedEvaluation) => Number(split === 'test');
  return [...planned.values()].toSorted((a, b) => isTest(a) - isTest(b));
}

/**
 * Beside each evaluation one on each set, by the same masks; the split that the masks were asked for is no part of it.
 */
function planSets(
  sets: readonly ResolvedSet[],
  evaluations: readonly PlannedEvaluation[],
  training: string,
): readonly PlannedSetEvaluation[] {
  return evaluations.flatMap(({ configuration: judged }, index) => {
    const { judging: _, ...beside } = judged;
    return sets.map(({ name, dataset, task, judging, max_length: maxLength }): PlannedSetEvaluation => {
      const configuration: EvaluationConfiguration = {
        ...beside,
        split: 'dev',
        gap: false,
        ...(judging === undefined ? {} : { judging }),
        ...(task === undefined ? {} : { task }),
        ...(maxLength === undefined ? {} : { max_length: maxLength }),
      };
      const hash = evaluationHash(training, configuration, dataset);
      return { set: name, beside: index, evaluation: { evaluation_hash: hash, configuration, dataset } };
    });
  });
}

function datasetOf(inputs: ResolvedInputs, split: EvaluationSplit): DatasetReference {
  const dataset = split === 'dev' ? inputs.dev : inputs.test;
  if (dataset !== null) return dataset;
  throw new DropsweepError('DATA_INVALID', 'the data have no labelled test rows', {
    where: 'evaluation.split',
    got: 'test',
    expected: 'dev',
    fix: 'name a file of labelled test rows in task.data.test, or take split: test out',
  });
}

function tooFewSteps(steps: number, rungs: number): DropsweepError {
  return new DropsweepError('SWEEP_FILE_INVALID', 'a training has too few steps for its rungs', {
    where: 'scheduler.rungs',
    got: `${formatCount(steps, 'step')} for ${formatCount(rungs, 'rung')}`,
    expected: 'rungs that end at different steps',
    fix: 'name fewer rungs, or raise training.epochs',
  });
}
