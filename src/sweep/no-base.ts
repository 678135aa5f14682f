import type { EvaluationRequest, TaskDefinition } from './sweep-definition.ts';
import { configurationOf } from './training-fields.ts';
import type { FieldValue } from './fields/training-field.ts';
import type { BaseModelReference, ProgramSettings, TaskShape, TrainingConfiguration } from './vocabulary.ts';

/**
 * Stand-ins in the record of a program's sweep for a base model, a task and evaluations: it has none of
 * these, since its program loads what it wants.
 */
export const noTask: TaskDefinition = { kind: 'program', data: { kind: 'none' }, split_seed: 0 };

export const noTaskShape: TaskShape = { kind: 'program', label_names: [] };

/** Nothing is drawn for an evaluation: it is what the program measured. */
export const asMeasured: EvaluationRequest = {
  split: 'dev',
  mode: 'raw',
  dropout_rate: 0,
  ensemble_size: 1,
  mask_seed: 0,
  aggregate: 'logits',
};

export function noBase(program: ProgramSettings): BaseModelReference {
  return { reference: programName(program), folder: '', content_hash: '', tokenizer_hash: '' };
}

/** The name that people know a program by. */
export function programName({ command, name }: Pick<ProgramSettings, 'command' | 'name'>): string {
  return command === undefined ? `whoever asks as ${name ?? ''}` : command.join(' ');
}

/**
 * The configuration of a program's training: values under the user's own names, and the seed. None of the method's
 * fields is among them unless the user has one of that name; who reads those asks the trainer's traits first.
 */
export function programConfiguration(
  values: Iterable<readonly [string, FieldValue | undefined]>,
): TrainingConfiguration {
  return configurationOf([['seed', 0], ...values]) as TrainingConfiguration;
}
