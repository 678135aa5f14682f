import { canonicalJson } from '../base/canonical-json.ts';
import type { PlannedTraining, PlannedTrainings, TrainingKind } from './sweep-definition.ts';
import { trainingField } from './training-fields.ts';
import type { EvaluationConfiguration } from './vocabulary.ts';

/** Rates of masks and elements: whether anything is dropped decides what a pass costs, and how much does not. */
const rates = ['dropout_rate', 'lora_dropout', 'hidden_dropout', 'sparsity'];

/** Counts trainings by their kinds, in the order in which these first come. */
export class KindCounter {
  readonly #kinds = new Map<string, { readonly first: PlannedTraining; count: number }>();

  /** Finds the kind of a training, which is counted with it from then on. */
  kindOf(training: PlannedTraining): { count: number } {
    const name = kindName(training);
    const kind = this.#kinds.get(name) ?? { first: training, count: 0 };
    this.#kinds.set(name, kind);
    return kind;
  }

  get kinds(): readonly TrainingKind[] {
    return [...this.#kinds.values()];
  }
}

export function kindsOf(trainings: PlannedTrainings): readonly TrainingKind[] {
  if (trainings.kinds !== undefined) return trainings.kinds;
  const counter = new KindCounter();
  for (const training of trainings) counter.kindOf(training).count += 1;
  return counter.kinds;
}

/** Equal for trainings of one kind. */
export function kindName({ specification, rung_steps, stop_steps, evaluations, sets = [] }: PlannedTraining): string {
  const { configuration, total_steps, simulation, program, train } = specification;
  // A program's fields are the user's: nobody knows what follows from them, and its steps are counted alone.
  const shaping = program === undefined ? Object.entries(configuration).filter(([name]) => !isAlone(name)) : [];
  return canonicalJson({
    fields: Object.fromEntries(
      shaping.map(([name, value]) => [name, typeof value === 'number' && rates.includes(name) ? value > 0 : value]),
    ),
    steps: [total_steps, train.rows, simulation?.step_ms ?? 0],
    rungs: [rung_steps, stop_steps ?? []],
    // Those of one rate share their members.
    evaluations: evaluations.map((each) => [
      passOf(each.configuration),
      each.dataset.rows,
      evaluations.findIndex(({ configuration: { dropout_rate: rate } }) => rate === each.configuration.dropout_rate),
    ]),
    sets: sets.map(({ evaluation }) => [passOf(evaluation.configuration), evaluation.dataset.hash]),
  });
}

function isAlone(name: string): boolean {
  const { alone } = trainingField(name) ?? {};
  // Its own value costs nothing, whatever else may follow from it.
  return alone !== undefined;
}

function passOf(evaluation: EvaluationConfiguration): readonly (string | number | boolean)[] {
  const { split, mode, dropout_rate: rate, ensemble_size: size, mask_seed: seed, gap_rows: rows } = evaluation;
  return [split, mode, rate > 0, size, seed, rows ?? 'default'];
}
