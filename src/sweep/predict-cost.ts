import type { PlannedSetEvaluation, SweepPlan } from './sweep-definition.ts';

/** What the prediction is made from beside the plan. */
export interface CostInputs {
  /** Mean tokens of a train or dev row, before it is cut to max_length; estimated from its characters. */
  readonly trainTokens: number;
  readonly devTokens: number;
  /** The same of further sets, by the hashes of their datasets; absent: as of dev. */
  readonly setTokens?: Readonly<Record<string, number>>;
  /** Slots that work at once. */
  readonly slots: number;
  /** Weights of the base's linears, embeddings left out. */
  readonly encoderParameters: number;
  /** Training hashes that are done already. */
  readonly done: ReadonlySet<string>;
}

export interface CostPrediction {
  readonly lowSeconds: number;
  readonly highSeconds: number;
}

/** Weights of MiniLM-L6's linears, which the two figures below were measured with on two cores. */
const MEASURED_PARAMETERS = 10_616_832;
/** A training step of 32 rows of 64 tokens takes about 0.75 s, one instance. */
const SECONDS_PER_TRAINED_TOKEN = 0.75 / (32 * 64);
/** A forward pass of them takes about 0.25 s. */
const SECONDS_PER_SCORED_TOKEN = 0.25 / (32 * 64);
/** Attention, padding, cores shared with others: what a prediction from tokens does not see. */
const LOW = 0.5;
const HIGH = 2.5;

/** Rows times members that further sets are scored by, the largest ensemble of each kind serving the smaller ones. */
function setRows(sets: readonly PlannedSetEvaluation[]): ReadonlyMap<string, number> {
  const passes = new Map<string, number>();
  for (const { evaluation } of sets) {
    const { configuration, dataset } = evaluation;
    const key = `${dataset.hash}/${configuration.mode}/${configuration.dropout_rate}/${configuration.mask_seed}`;
    passes.set(key, Math.max(passes.get(key) ?? 0, configuration.ensemble_size * dataset.rows));
  }
  return passes;
}

/**
 * Time that a plan will take, as a range: tokens times measured seconds, scaled by the size of the base. Trainings
 * that are done cost nothing; pruning is not foreseen.
 */
export function predictCost(plan: SweepPlan, inputs: CostInputs): CostPrediction {
  const scale = inputs.encoderParameters / MEASURED_PARAMETERS;
  let seconds = 0;
  for (const { training_hash, specification, evaluations, stop_steps: stops = [], sets = [] } of plan.trainings) {
    if (inputs.done.has(training_hash)) continue;
    const { configuration, total_steps, simulation, program } = specification;
    if (program !== undefined) continue;
    if (simulation !== undefined) {
      seconds += (total_steps * simulation.step_ms) / 1000;
      continue;
    }
    const tokens = Math.min(inputs.trainTokens, configuration.max_length);
    const rows = Math.min(configuration.batch_size, specification.train.rows);
    seconds += total_steps * configuration.train_instances * rows * tokens * SECONDS_PER_TRAINED_TOKEN * scale;
    // Members are nested, so the largest ensemble of each kind serves the smaller ones.
    const passes = new Map<string, number>();
    for (const { configuration: wanted, dataset } of evaluations) {
      const key = `${wanted.split}/${wanted.mode}/${wanted.dropout_rate}/${wanted.mask_seed}`;
      // The same number of train rows is scored too, for the gap.
      const scored = wanted.ensemble_size * (dataset.rows + Math.min(dataset.rows, specification.train.rows));
      passes.set(key, Math.max(passes.get(key) ?? 0, scored));
    }
    for (const [key, rows] of setRows(sets)) {
      const known = inputs.setTokens?.[key.split('/')[0] ?? ''] ?? Math.min(inputs.devTokens, configuration.max_length);
      seconds += rows * known * SECONDS_PER_SCORED_TOKEN * scale;
    }
    const scoredTokens = Math.min(inputs.devTokens, configuration.max_length);
    // On its way a training is evaluated as by the first of them.
    const onTheWay = stops.length * ([...passes.values()][0] ?? 0);
    for (const scored of [...passes.values(), onTheWay])
      seconds += scored * scoredTokens * SECONDS_PER_SCORED_TOKEN * scale;
  }
  // Of a search that adapts the first trainings stand for all.
  if (plan.adaptive_trainings !== undefined) seconds *= plan.adaptive_trainings / Math.max(1, plan.trainings.length);
  // Slots share the machine's cores: the figures above are the whole machine's, whatever the number of slots.
  const simulated = plan.definition.trainer === 'simulated';
  const elapsed = simulated ? seconds / inputs.slots : seconds;
  return { lowSeconds: LOW * elapsed, highSeconds: HIGH * elapsed };
}
