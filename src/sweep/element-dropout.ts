import type { TrainingConfiguration } from './vocabulary.ts';

/** Dropout of single elements, besides the method's masks over rows and columns. */
export type ElementDropout = 'lora_dropout' | 'hidden_dropout';

/** The kinds of masks that rows do not share: each row has one of its own for all of its tokens. */
export type RowDropout = 'row_columns' | 'row_ranks' | 'row_rows';

/** Everything that is drawn for a row. */
export type PlaceKind = ElementDropout | RowDropout;

/** Rates at which something is dropped; absent: nothing is. */
export type PlaceRates = Readonly<Partial<Record<PlaceKind, number>>>;

export type ElementRates = Readonly<Record<ElementDropout, number>>;

type Rated = Pick<TrainingConfiguration, ElementDropout>;

export function elementRates({ lora_dropout = 0, hidden_dropout = 0 }: Rated): ElementRates {
  return { lora_dropout, hidden_dropout };
}

export function dropsElements({ lora_dropout, hidden_dropout }: ElementRates): boolean {
  return lora_dropout > 0 || hidden_dropout > 0;
}

/** Whether anything at all is drawn anew for each instance or member. */
export function dropsAnything(configuration: Rated & Pick<TrainingConfiguration, 'dropout_rate'>): boolean {
  return configuration.dropout_rate > 0 || dropsElements(elementRates(configuration));
}
