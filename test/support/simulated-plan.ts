import { canonicalJson } from '../../src/base/canonical-json.ts';
import { sha256 } from '../../src/base/sha256.ts';
import type { PlannedTraining, SchedulerDefinition, SweepDefinition } from '../../src/sweep/sweep-definition.ts';
import type { SimulationSettings, TrainingConfiguration } from '../../src/sweep/vocabulary.ts';
import { simulatedConfiguration } from './simulated-segment.ts';
import type { WholePlan } from './whole-plan.ts';

export interface SimulatedPlanOptions {
  readonly name: string;
  readonly trainings: number;
  readonly parallelism: number;
  readonly simulation: SimulationSettings;
  readonly scheduler?: SchedulerDefinition;
  readonly rungSteps?: readonly number[];
  /** The first so many trainings are the same in every plan that shares. */
  readonly sharedTrainings?: number;
}

/** A sweep of the simulated trainer whose axis is the seed, with one evaluation for each training. */
export function simulatedPlan(options: SimulatedPlanOptions): WholePlan {
  const { name, trainings: count, simulation } = options;
  const dataset = (split: string, rows: number) => ({ hash: sha256(`simulated ${split}`), rows });
  const inputs = {
    base: { reference: 'simulated', folder: '', content_hash: sha256('base'), tokenizer_hash: sha256('tokens') },
    task: { kind: 'classification' as const, label_names: ['no', 'yes'] },
    train: dataset('train', 64),
    dev: dataset('dev', 64),
    test: null,
  };
  const seeds = Array.from({ length: count }, (_, seed) => seed);
  const { keep: _keep, ...training } = simulatedConfiguration;
  const definition: SweepDefinition = {
    name,
    base: 'simulated',
    task: { kind: 'text-classification', data: { kind: 'package', package: 'spam-assassin' }, split_seed: 0 },
    space: { seed: seeds },
    training,
    evaluations: [
      { split: 'dev', mode: 'ensemble', dropout_rate: null, ensemble_size: 2, mask_seed: 0, aggregate: 'logits' },
    ],
    search: { kind: 'grid' },
    scheduler: options.scheduler ?? { kind: 'none' },
    objectives: [{ metric: 'accuracy', direction: 'maximize' }],
    parallelism: options.parallelism,
    priority: 0,
    trainer: 'simulated',
    simulation,
  };
  const plan = (seed: number): PlannedTraining => {
    const configuration: TrainingConfiguration = { ...simulatedConfiguration, seed };
    const specification = {
      trainer: 'simulated' as const,
      trainer_version: 'simulated-1',
      configuration,
      base: inputs.base,
      task: inputs.task,
      train: inputs.train,
      total_steps: simulation.steps,
      simulation,
    };
    const hash = sha256(`${seed < (options.sharedTrainings ?? 0) ? 'shared' : name} ${seed}`);
    const evaluation = {
      split: 'dev' as const,
      mode: 'ensemble' as const,
      dropout_rate: configuration.dropout_rate,
      ensemble_size: 2,
      mask_seed: 0,
      aggregate: 'logits' as const,
    };
    return {
      ordinal: seed,
      training_hash: hash,
      specification,
      rung_steps: options.rungSteps ?? [simulation.steps],
      evaluations: [{ evaluation_hash: sha256(`${hash} evaluation`), configuration: evaluation, dataset: inputs.dev }],
    };
  };
  return {
    definition,
    canonical_hash: sha256(canonicalJson(JSON.parse(JSON.stringify(definition)))),
    inputs,
    trainings: seeds.map(plan),
    merged_points: 0,
    trials: count,
  };
}
