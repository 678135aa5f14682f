import type { Value } from '../onnx/graph.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import type { AdapterKind } from '../sweep/vocabulary.ts';

/** A linear that is adapted. */
export interface AdaptedLinear {
  readonly name: string;
  readonly inFeatures: number;
  readonly outFeatures: number;
}

/** One of the tensors that a method trains for each adapted linear. */
export interface AdapterPart {
  /** PEFT's name of it, e.g. `lora_A`: the tensor is called `<linear>.<name>`. */
  readonly name: string;
  shape(linear: AdaptedLinear, rank: number): readonly number[];
  /** Where training begins, drawn from streams of the seed that are named after the linear. */
  initial(seed: number, linear: string, shape: readonly number[]): Float32Array;
}

/** One adapted linear's tensors in a graph, by their parts' names. */
export type PartValues = (part: string) => Value;

/** One instance's masks of one linear; 1 keeps. */
export interface MaskValues {
  /** [in], times what makes up for elements of x that were dropped besides */
  readonly input: Value;
  /** [out] */
  readonly output: Value;
  /** [rank]; absent: no rank is dropped. */
  readonly rank?: Value;
  /** Masks of A x and of the update, for each row by itself; absent: nothing is dropped. */
  readonly ofHidden?: (hidden: Value) => Value;
  readonly ofUpdate?: (update: Value) => Value;
}

export const penaltyNames = ['sparsity', 'orthogonality'] as const;
export type PenaltyName = (typeof penaltyNames)[number];

/**
 * A penalty without its coefficient, summed over the adapted linears.
 * @param scale s
 * @returns shape []
 */
export type Penalty = (b: GraphBuilder, linears: readonly PartValues[], scale: number) => Value;

export interface UpdateFactors {
  readonly a: Float32Array;
  readonly b: Float32Array;
}

/**
 * A method of adapting: the parts that a linear's update is made of. It says all that the engine must know of it;
 * nothing else asks for its kind. Laws: with the initial values the update is zero; masks scale the update's rows and
 * columns, and nothing else.
 */
export interface AdapterMethod {
  readonly kind: AdapterKind;
  readonly parts: readonly AdapterPart[];
  readonly penalties: Readonly<Partial<Record<PenaltyName, Penalty>>>;
  /**
   * The update as b a, without the scale. @param part values by the part's name @returns a [rank, in], b [out, rank]
   */
  factors(part: (name: string) => Float32Array, rank: number): UpdateFactors;
  /** Whether ranks are taken away while it trains: that reads the gradient of each step. */
  readonly prunesRanks: boolean;
  /**
   * y + scale · the masked update of x.
   * @param x [tokens, in], of which elements may have been dropped
   * @param y [tokens, out]
   * @param scale s, or s times a stated factor; shape []
   */
  addUpdate(b: GraphBuilder, x: Value, y: Value, parts: PartValues, masks: MaskValues, scale: Value): Value;
}
