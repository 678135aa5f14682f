import type { Budget } from './file/read-budget.ts';
import { gapRowsOf } from './gap-rows.ts';
import type { Speed } from './speed.ts';
import type { PlannedSetEvaluation, PlannedTraining, SweepPlan } from './sweep-definition.ts';
import { kindName, kindsOf } from './training-kinds.ts';

/** The figures that the prediction is made from, beside the plan. */
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
  /** Trainings that are done already, by the names of their kinds. */
  readonly done: ReadonlyMap<string, number>;
  /** As a slot of this machine was timed with this base; null: it was not, and the size of the base has to tell. */
  readonly speed?: Speed | null;
  /** Seconds that a step of the sweep's program has taken; absent: it has none, or they are not known. */
  readonly programStep?: { readonly low: number; readonly high: number };
  /**
   * Of the steps, what is taken where the scheduler ends trainings early, and whether that is by leaving out whole ones;
   * absent: all.
   */
  readonly stepShare?: { readonly low: number; readonly high: number; readonly ofTrainings?: boolean };
}

export interface CostPrediction {
  /** Within its budget: what runs when that is spent comes to its end. */
  readonly lowSeconds: number;
  readonly highSeconds: number;
  /** Trainings that its budget has time for, of all that there may be; absent: it sets no time. */
  readonly withinBudget?: { readonly low: number; readonly high: number };
  /** Whether it was made from times of this machine. */
  readonly timed: boolean;
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

/** The work of a plan that is not done yet, in tokens through the base. */
interface Work {
  readonly trained: number;
  readonly scored: number;
  /** Of the simulated trainer, which has a clock of its own. */
  readonly simulatedSeconds: number;
  /** Of a program, in its own steps. */
  readonly programSteps: number;
}

/**
 * Time that a plan will take, as a range: tokens times seconds, as a slot was timed with this base, or else as another
 * base was on another machine, scaled by size. Trainings that are done cost nothing.
 */
export function predictCost(plan: SweepPlan, inputs: CostInputs): CostPrediction {
  const count = plan.adaptive_trainings ?? plan.trainings.length;
  return withinBudget(costOfAll(plan, inputs), budgetOf(plan), count, inputs.slots);
}

const secondsPerHour = 3_600;

/** With the trainings that its trials have, at most. */
function budgetOf({ definition: { budget = {}, space, scales } }: SweepPlan): Budget {
  const { trials, trainings = Number.POSITIVE_INFINITY } = budget;
  if (trials === undefined) return budget;
  const seeds = scales?.['seed'] === undefined ? (space['seed']?.length ?? 1) : 1;
  return { ...budget, trainings: Math.min(trainings, trials * seeds) };
}

/** No training begins once the budget is spent; those that run then, one in each slot, come to their ends. */
function withinBudget(whole: CostPrediction, budget: Budget, count: number, slots: number): CostPrediction {
  const { trainings = count, slot_hours: slotHours, hours } = budget;
  const most = Math.min(1, trainings / Math.max(1, count));
  const [low, high] = [most * whole.lowSeconds, most * whole.highSeconds];
  const seconds = secondsPerHour * Math.min(hours ?? Infinity, (slotHours ?? Infinity) / slots);
  if (!Number.isFinite(seconds) || high === 0) return { ...whole, lowSeconds: low, highSeconds: high };
  // Of one training in its slot; all slots begin at once.
  const [fast, slow] = [(slots * whole.lowSeconds) / count, (slots * whole.highSeconds) / count];
  const begun = (each: number): number => Math.min(count, trainings, slots * Math.ceil(seconds / each));
  return {
    lowSeconds: Math.min(low, seconds),
    highSeconds: Math.min(high, seconds + slow),
    timed: whole.timed,
    withinBudget: { low: begun(slow), high: begun(fast) },
  };
}

function costOfAll(plan: SweepPlan, inputs: CostInputs): CostPrediction {
  const { trained, scored, simulatedSeconds, programSteps } = workOf(plan, inputs);
  const { slots, speed = null, stepShare = { low: 1, high: 1, ofTrainings: false } } = inputs;
  // One that is stopped on its way has been evaluated there.
  const scoredShare = stepShare.ofTrainings ? stepShare : { low: 1, high: 1 };
  const simulated = simulatedSeconds / slots;
  const whole = (low: number, high: number, timed: boolean): CostPrediction => ({
    lowSeconds: low + LOW * stepShare.low * simulated,
    highSeconds: high + HIGH * stepShare.high * simulated,
    timed,
  });
  const { programStep } = inputs;
  if (programStep !== undefined) {
    const seconds = (end: 'low' | 'high') => (programSteps * stepShare[end] * programStep[end]) / slots;
    return whole(seconds('low'), seconds('high'), true);
  }
  if (speed !== null) {
    // A slot was timed alone: as many work at once as there are.
    const seconds = (end: 'low' | 'high') =>
      (trained * stepShare[end] * speed.trained[end] + scored * scoredShare[end] * speed.scored[end]) / slots;
    return whole(seconds('low'), seconds('high'), true);
  }
  // These figures are a whole machine's, whatever the number of its slots.
  const scale = inputs.encoderParameters / MEASURED_PARAMETERS;
  const seconds = (end: 'low' | 'high') =>
    (trained * stepShare[end] * SECONDS_PER_TRAINED_TOKEN + scored * scoredShare[end] * SECONDS_PER_SCORED_TOKEN) *
    scale;
  return whole(LOW * seconds('low'), HIGH * seconds('high'), false);
}

function workOf({ trainings, adaptive_trainings: adaptive }: SweepPlan, inputs: CostInputs): Work {
  // Of a search that adapts the first trainings stand for all.
  const all = adaptive === undefined ? 1 : adaptive / Math.max(1, trainings.length);
  const whole = { trained: 0, scored: 0, simulatedSeconds: 0, programSteps: 0 };
  for (const { first, count } of kindsOf(trainings)) {
    const open = all * (count - (inputs.done.size === 0 ? 0 : (inputs.done.get(kindName(first)) ?? 0)));
    const { trained = 0, scored = 0, simulatedSeconds = 0, programSteps = 0 } = workOfOne(first, inputs);
    whole.trained += open * trained;
    whole.scored += open * scored;
    whole.simulatedSeconds += open * simulatedSeconds;
    whole.programSteps += open * programSteps;
  }
  return whole;
}

function workOfOne(training: PlannedTraining, inputs: CostInputs): Partial<Work> {
  const { specification, evaluations, stop_steps: stops = [], sets = [] } = training;
  const { configuration, total_steps, simulation, program } = specification;
  if (program !== undefined) return { programSteps: total_steps };
  if (simulation !== undefined) return { simulatedSeconds: (total_steps * simulation.step_ms) / 1000 };
  const tokens = Math.min(inputs.trainTokens, configuration.max_length);
  const rows = Math.min(configuration.batch_size, specification.train.rows);
  // Members are nested, so the largest ensemble of each kind serves the smaller ones.
  const passes = new Map<string, number>();
  for (const { configuration: wanted, dataset } of evaluations) {
    const key = `${wanted.split}/${wanted.mode}/${wanted.dropout_rate}/${wanted.mask_seed}`;
    // Some train rows are scored too, for the gap.
    const passed = wanted.ensemble_size * (dataset.rows + gapRowsOf(wanted, specification.train.rows));
    passes.set(key, Math.max(passes.get(key) ?? 0, passed));
  }
  let scored = 0;
  for (const [key, scoredRows] of setRows(sets)) {
    const known = inputs.setTokens?.[key.split('/')[0] ?? ''] ?? Math.min(inputs.devTokens, configuration.max_length);
    scored += scoredRows * known;
  }
  const scoredTokens = Math.min(inputs.devTokens, configuration.max_length);
  // On its way a training is evaluated as by the first of them.
  const onTheWay = stops.length * ([...passes.values()][0] ?? 0);
  for (const passed of [...passes.values(), onTheWay]) scored += passed * scoredTokens;
  return { trained: total_steps * configuration.train_instances * rows * tokens, scored };
}
