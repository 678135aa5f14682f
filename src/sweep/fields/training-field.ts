import type { TrainingConfiguration } from '../vocabulary.ts';
import type { FieldForm } from './field-forms.ts';

export type FieldValue = number | string | boolean | null | readonly number[] | readonly string[];

/** When a field changes nothing, and what a canonical configuration then has in its place. */
interface NoEffect {
  /** @param configuration with the defaults filled in */
  readonly when: (configuration: TrainingConfiguration) => boolean;
  /** `at p = 0`, for the reference. */
  readonly words: string;
  /** Absent: the field's default. */
  readonly instead?: (configuration: TrainingConfiguration) => FieldValue | undefined;
}

/**
 * One field of a training configuration. Reading the file, the canonical form, what an engine is compiled for, and the
 * reference in docs/sweep-file.md are made from these records: a field is one entry here and the code that heeds it.
 */
export interface TrainingField<Value extends FieldValue | undefined = FieldValue | undefined> {
  /** Another name that a sweep file may use. */
  readonly alias?: string;
  /** Its heading in tables; absent: its name. */
  readonly heading?: string;
  readonly form: FieldForm;
  /** Its value where the file does not say; undefined: none, and then nothing is written down. */
  readonly default: Value | ((configuration: TrainingConfiguration) => Value);
  /** The default in words, where it is no value. */
  readonly defaultWords?: string;
  /** Fields that say the same in another way: a sweep file gives one of them. */
  readonly excludes?: readonly string[];
  /** A default that is not written down, since the field came after trainings without it. */
  readonly unwritten?: true;
  readonly noEffect?: NoEffect;
  /** What tables have of it where another field stands in its place; absent: its value, or its default. */
  shown?(configuration: TrainingConfiguration): Value;
  /** The one order of what is a set. */
  canonical?(value: Value): Value;
  /**
   * The decision that the field makes before any training: the graph of the adapters, that of the head, or the rows and
   * tokens of a pass; by its value, or by whether it is there and above 0. Absent: it is an input, or none of the
   * engine's concern.
   */
  readonly shapes?: { readonly part: ShapedPart; readonly by: 'value' | 'presence' };
  /**
   * No other field's effect, no step, cost or memory follows from it, so that a plan looks at one of its values for all;
   * `unless` the field of that name is given. Absent: something may.
   */
  readonly alone?: true | { readonly unless: string };
  /** One sentence of the reference, without its full stop. */
  readonly sentence: string;
}

export type ShapedPart = 'adapter' | 'head' | 'passes';

/** A record for each field of an interface: one that is forgotten does not compile. */
export type TrainingFields<Fields> = {
  readonly [Name in keyof Fields]-?: TrainingField<Extract<Fields[Name], FieldValue | undefined>>;
};

/** Names of the records that decide a part's shape. */
export type ShapingNames<Records, Part extends ShapedPart> = {
  [Name in keyof Records]: Records[Name] extends { readonly shapes: { readonly part: Part } } ? Name : never;
}[keyof Records];
