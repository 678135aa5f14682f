/** One member of a row, or beside the rows, as programs read it. */
export interface OutputColumn {
  /** `<metric>`: one for each of those that the sweep has. */
  readonly name: string;
  /** JSON's types; in CSV an object or array is JSON, null an empty cell. */
  readonly type: 'string' | 'number' | 'integer' | 'boolean' | 'object' | 'array' | 'any';
  readonly unit?: string;
  /** Whether it may be null. */
  readonly orNull?: true;
  readonly meaning: string;
}

/** A verb's standard output, for docs/commands.md. */
export type VerbOutput =
  /** Under --format: a table, `{facts…, rows: […]}`, or CSV of the rows. */
  | { readonly kind: 'rows'; readonly columns: readonly OutputColumn[]; readonly facts?: readonly OutputColumn[] }
  /** One line of JSON with these members; `why` no table, in a sentence. */
  | { readonly kind: 'json'; readonly columns: readonly OutputColumn[]; readonly why: string }
  /** Something that is no table: a continued sentence, and why it is none. */
  | { readonly kind: 'own'; readonly what: string; readonly why: string };

type More = Omit<OutputColumn, 'name' | 'type' | 'meaning'>;

function columnOf(type: OutputColumn['type']) {
  return (name: string, meaning: string, more: More = {}): OutputColumn => ({ name, type, meaning, ...more });
}

export const text = columnOf('string');
export const number = columnOf('number');
export const integer = columnOf('integer');
export const flag = columnOf('boolean');
export const object = columnOf('object');
export const list = columnOf('array');
export const any = columnOf('any');

const orNull = { orNull: true } as const;

/** The output of a verb that changes something: one row. */
export function outcomeOutput(...more: readonly OutputColumn[]): VerbOutput {
  return { kind: 'rows', columns: [...more, text('text', 'what people read of it')] };
}

/** Of verbs about one sweep's state. */
export const steeredOutput = outcomeOutput(text('sweep', 'its name'), flag('changed', 'false: it was so already'));

/** Beside the rows of what reads a sweep. */
export const sweepFactColumns: readonly OutputColumn[] = [
  text('sweep', 'its name'),
  text('state', 'running, paused, completed or cancelled'),
  text('trainer', 'onnx, simulated, program or ask'),
  flag('simulated', 'true: no model was trained'),
  object('counts', 'trainings by state; total, reused and collapsed among them'),
  list('objectives', 'metric and direction of each'),
  text('selected_on', 'dev: weights were chosen by dev scores', orNull),
  list('numerics_classes', 'in which trainings ran'),
];

/** p, λ, N, M and what else a sweep sets. */
const settingColumns: readonly OutputColumn[] = [
  any('<setting>', 'dropout_rate, sparsity, train_instances, and each further axis of the space', orNull),
  integer('ensemble_size', 'members, M'),
  text('evaluation_mode', 'ensemble, expected or raw'),
  number('evaluation_dropout_rate', 'p at evaluation'),
  text('split', 'dev or test'),
  integer('mask_seed', 'seed of the evaluation’s masks'),
  text('aggregate', 'logits or probabilities are averaged'),
];

const metricColumn = number('<metric>', 'each metric of the task, in its own unit', orNull);
const complexity = number('complexity', 'Theorem 4.4’s second term', orNull);
const trainer = text('trainer', 'onnx, simulated, program or ask');

/** A row for each trial. */
export const trialColumns: readonly OutputColumn[] = [
  integer('trial', 'its number, from 1'),
  ...settingColumns,
  integer('seed', 'of the training'),
  text(
    'state',
    'waiting, running, evaluating, succeeded, pruned, diverged, out_of_memory, infeasible, crashed, cancelled',
  ),
  metricColumn,
  complexity,
  integer('gap_rows', 'train rows that its gaps are measured on', orNull),
  flag('collapsed', 'one class for every row', orNull),
  number('train_seconds', 'training’s time', { unit: 's', orNull: true }),
  list('tags', 'what people tagged it', orNull),
  text('note', 'what people noted of it', orNull),
  flag('reused', 'its training was there already'),
  integer('step', 'reached', { unit: 'steps' }),
  integer('total_steps', 'to be reached', { unit: 'steps' }),
  integer('trainable_parameters', 'entries that are trained', orNull),
  integer('claimed_segments', 'attempts so far'),
  text('failure_code', 'why it failed: a code of docs/errors.md', orNull),
  text('numerics_class', 'within which results are bit-identical', orNull),
  text('training_hash', 'SHA-256 of all that decides its tensors'),
  trainer,
  text('sweep', 'its name'),
];

/** A row for each configuration, over its seeds. */
export const scoreColumns: readonly OutputColumn[] = [
  ...settingColumns,
  flag('within_noise_of_best', 'noise does not tell it from the first'),
  number('<metric>', 'mean over seeds, in its own unit', orNull),
  number('<metric>_lower', 'of its 95 % interval; null where nothing varies', orNull),
  number('<metric>_upper', 'of its 95 % interval', orNull),
  number(
    'test_<metric>',
    'of the same on the test rows, where a sweep has both splits: nothing is ranked by it',
    orNull,
  ),
  number('test_<metric>_lower', 'of its 95 % interval', orNull),
  number('test_<metric>_upper', 'of its 95 % interval', orNull),
  integer('gap_rows', 'train rows that its gaps are measured on', orNull),
  complexity,
  integer('seeds', 'that are scored'),
  text('flags', 'collapsed 1/3, failed 1/3, or empty'),
  text('trials', 'their numbers, with blanks between them'),
  trainer,
];
