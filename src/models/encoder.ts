import type { Value } from '../onnx/graph.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import type { FrozenProduct } from './weights/frozen-product.ts';
import type { Head, HeadTask } from './heads/heads.ts';

/** A frozen linear that adapters may be attached to. */
export interface FrozenLinear {
  readonly name: string;
  readonly inFeatures: number;
  readonly outFeatures: number;
  /** How the weight lies in its file; absent: [out, in]. */
  readonly weightLayout?: 'in_out';
}

export interface EncoderInputs {
  /** int64 [batch, tokens] */
  readonly inputIds: Value;
  /** int64 [batch, tokens] 1 keeps */
  readonly attentionMask: Value;
  /** int64 [batch, tokens] */
  readonly tokenTypeIds: Value;
  /**
   * A row holds several texts, one behind the other: its attention mask has their numbers, from 1 on. Absent: one, of
   * ones.
   */
  readonly severalTexts?: true;
  /** Absent: each place has a row, padding too. Given to families that leave it out. */
  readonly tokenRows?: TokenRows;
  /** The tokens before, where a decoder goes on with a text; absent: rows begin with their first token. */
  readonly past?: Past;
}

/** Tokens as rows without padding: of all padding there are as few rows as make a round number. */
export interface TokenRows {
  /** int64 [kept]: the place of each row's token in [batch·tokens]. */
  readonly places: Value;
  /** int64 [batch, tokens]: the row of each token; of padding, one that is padding's. */
  readonly numbers: Value;
}

/** The tokens before those of a graph, as keys and values that each layer made of them. */
export interface Past {
  /** int64 [1]: how many there are. */
  readonly tokens: Value;
  /** A layer's keys or values [batch, tokens, heads, size] behind those before: [batch, past+tokens, heads, size]. */
  join(layer: string, part: 'keys' | 'values', own: Value): Value;
}

/** The part of the last layer that a head reads: only that much of it is computed. */
export type EncoderReading = 'first_token' | 'all_tokens';

/** Rows that no sample has for itself: those of a table, which all samples share. */
export interface TableRows {
  /** Rows of the table. */
  readonly size: number;
  /** int64 [rows]: which of the table's. */
  readonly numbers: Value;
}

/** Where a graph is being built, and with what. */
export interface EncoderContext {
  readonly b: GraphBuilder;
  /** Frozen weights, by their names in code. */
  readonly weight: (name: string, shape: readonly number[]) => Value;
  /** The head's own tensors, for models that come with their head in one. */
  readonly trainable: (name: string) => Value;
  /** The product with each frozen linear: the one place that knows the base's precision. */
  readonly frozenProduct: FrozenProduct;
  /**
   * Called on each linear's output; gives it back with the adapter's update added, or as it is.
   * @param table where x's rows are a table's, not tokens'
   */
  readonly adapt: (linear: string, x: Value, y: Value, table?: TableRows) => Value;
  /**
   * Called wherever transformers has hidden dropout, by the name of its module; gives x back with elements dropped and
   * the others made larger, or as it is. @param x [rows, features]
   */
  readonly drop: (place: string, x: Value, table?: TableRows) => Value;
}

/** The longest rows that a model takes, and the member of config.json that says so. */
export interface TokenLimit {
  readonly tokens: number;
  readonly option: string;
}

/** One architecture family. */
export interface Encoder {
  readonly hiddenSize: number;
  readonly linears: readonly FrozenLinear[];
  readonly initializerRange: number;
  readonly tokenLimit?: TokenLimit;
  /** Rows of the table of words: token ids are below it; absent: an export does not say. */
  readonly vocabulary?: number;
  /** Whether `build` calls `drop`: the family has hidden dropout. */
  readonly dropsHidden: boolean;
  /** Whether `build` takes rows without padding; absent: it does not. */
  readonly leavesPaddingOut?: boolean;
  /** [batch, hidden] for `first_token`, [batch·tokens, hidden] for `all_tokens`, whatever rows are left out between. */
  build(context: EncoderContext, inputs: EncoderInputs, reading: EncoderReading): Value;
  /** The family's own head for a task, as transformers names and initialises it. @throws MODEL_UNSUPPORTED */
  head(task: HeadTask): Head;
}
