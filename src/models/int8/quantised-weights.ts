import path from 'node:path';
import { DropsweepError } from '../../base/errors.ts';
import { sha256 } from '../../base/sha256.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import type { QuantisedMatrix } from '../../onnx/rewrites/quantised-linear.ts';
import { type ConvertedWeights, type ConvertibleWeights, once } from '../weights/converted-weights.ts';
import { type FilePiece, writeDerivedFile } from '../../formats/derived-file.ts';
import type { FrozenLinear } from '../encoder.ts';
import type { FrozenProduct, WeightLookup } from '../weights/frozen-product.ts';
import { quantiseColumns, type StridedMatrix } from './quantise-columns.ts';
import { quantisedProduct, type QuantisedWeight } from './quantised-product.ts';

/** Where the parts of a matrix [rows, columns] lie in the file. */
interface MatrixPlace {
  readonly rows: number;
  readonly columns: number;
  readonly elements: number;
  readonly scales: number;
}

interface LinearPlace {
  readonly linear: FrozenLinear;
  readonly forward: MatrixPlace | null;
  readonly backward: MatrixPlace;
}

export interface QuantisedWeightsRequest {
  readonly weights: ConvertibleWeights;
  /** All of the model: where each lies does not depend on which are adapted. */
  readonly linears: readonly FrozenLinear[];
  /** Elements go from −range to range: see weightRange. */
  readonly range: number;
  /** Which products are made with them. */
  readonly directions: 'backward' | 'both';
}

/** A part begins at a multiple of a cache line. */
const alignment = 64;
const scaleBytes = 4;

/**
 * The frozen linears' weights in int8, in a file of our own that is written once, under a name made of what it holds,
 * and mapped like the model's: [out, in] for the gradient, with a scale for each input, and where the forward product
 * is int8 too, [in, out] with a scale for each output.
 */
export class QuantisedWeights implements ConvertedWeights {
  readonly scalesLoss = false;
  readonly #weights: ConvertibleWeights;
  readonly #places = new Map<string, LinearPlace>();
  readonly #range: number;
  readonly #length: number;
  readonly #name: string;

  constructor({ weights, linears, range, directions }: QuantisedWeightsRequest) {
    this.#weights = weights;
    this.#range = range;
    let offset = 0;
    const place = (rows: number, columns: number): MatrixPlace => {
      const elements = offset;
      const scales = alignUp(elements + rows * columns);
      offset = alignUp(scales + columns * scaleBytes);
      return { rows, columns, elements, scales };
    };
    for (const linear of linears) {
      const { inFeatures, outFeatures } = linear;
      const forward = directions === 'both' ? place(inFeatures, outFeatures) : null;
      this.#places.set(linear.name, { linear, forward, backward: place(outFeatures, inFeatures) });
    }
    this.#length = offset;
    const described = linears.map(({ name, inFeatures, outFeatures, weightLayout = 'out_in' }) =>
      [name, inFeatures, outFeatures, weightLayout].join(':'),
    );
    const version = sha256([weights.version, range, directions, ...described].join('\n')).slice(0, 24);
    this.#name = `.dropsweep-int8-${version}.bin`;
  }

  products(outer: GraphBuilder, weight: WeightLookup): (b: GraphBuilder) => FrozenProduct {
    const value = once((linear) => this.value(outer, linear));
    return (b) => quantisedProduct(b, weight, value);
  }

  /** The weight as values of the graph. @throws Error for a linear that the model did not name */
  value(b: GraphBuilder, linear: string): QuantisedWeight {
    const place = this.#places.get(linear);
    if (place === undefined) throw new Error(`${linear} is not among the linears of the model`);
    return {
      forward: place.forward && this.#matrix(b, `${linear}.forward`, place.forward),
      backward: this.#matrix(b, `${linear}.backward`, place.backward),
    };
  }

  /** Into the folder of the graph; before a session opens. @throws WEIGHTS_INVALID naming a tensor that is not finite */
  async write(folder: string): Promise<void> {
    await writeDerivedFile(path.join(folder, this.#name), this.#length, this.#pieces());
  }

  #matrix(b: GraphBuilder, name: string, { rows, columns, elements, scales }: MatrixPlace): QuantisedMatrix {
    const data = (offset: number, length: number) => ({ location: this.#name, offset, length });
    return {
      elements: b.weight(`${name}.elements`, [rows, columns], data(elements, rows * columns), 'int8'),
      scales: b.weight(`${name}.scales`, [columns], data(scales, columns * scaleBytes)),
    };
  }

  *#pieces(): Generator<FilePiece> {
    for (const { linear, forward, backward } of this.#places.values()) {
      const inputsFirst = linear.weightLayout === 'in_out';
      const { inFeatures, outFeatures } = linear;
      const shape = inputsFirst ? [inFeatures, outFeatures] : [outFeatures, inFeatures];
      const values = this.#weights.read(`${linear.name}.weight`, shape);
      const asStored = { values, rowStride: shape[1] ?? 0, columnStride: 1 };
      const turned = { values, rowStride: 1, columnStride: shape[1] ?? 0 };
      if (forward !== null) yield* this.#quantise(linear, forward, inputsFirst ? asStored : turned);
      yield* this.#quantise(linear, backward, inputsFirst ? turned : asStored);
    }
  }

  *#quantise(
    { name }: FrozenLinear,
    { rows, columns, elements, scales }: MatrixPlace,
    matrix: Omit<StridedMatrix, 'rows' | 'columns'>,
  ): Generator<FilePiece> {
    const quantised = quantiseColumns({ ...matrix, rows, columns }, this.#range);
    if (quantised === null) {
      throw new DropsweepError('WEIGHTS_INVALID', 'a weight is not finite', {
        where: `${name}.weight`,
        expected: 'finite numbers',
        fix: 'download the model again',
      });
    }
    yield { offset: elements, bytes: () => quantised.elements };
    yield { offset: scales, bytes: () => quantised.scales };
  }
}

function alignUp(offset: number): number {
  return Math.ceil(offset / alignment) * alignment;
}
