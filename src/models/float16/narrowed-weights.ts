import path from 'node:path';
import { DropsweepError } from '../../base/errors.ts';
import { sha256 } from '../../base/sha256.ts';
import { largestFloat16, narrowFloat16, widenFloat16 } from '../../formats/half-precision.ts';
import type { ExternalData, Value } from '../../onnx/graph.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { type ConvertedWeights, type ConvertibleWeights, once } from '../weights/converted-weights.ts';
import { type FilePiece, writeDerivedFile } from '../../formats/derived-file.ts';
import type { FrozenLinear } from '../encoder.ts';
import type { FrozenProduct, WeightLookup } from '../weights/frozen-product.ts';
import { narrowedProduct } from './narrowed-product.ts';

export interface NarrowedWeightsRequest {
  readonly weights: ConvertibleWeights;
  /** All of the model: where each lies does not depend on which are adapted. */
  readonly linears: readonly FrozenLinear[];
  /** The type of the device's products: float16, or float32 with numbers that float16 has. */
  readonly elements: 'float16' | 'float';
}

const bytesOf = { float16: 2, float: 4 } as const;

/**
 * The frozen linears' weights rounded to float16, in the layout that they have in the model: in a file of our own that
 * is written once, under a name made of what it holds, and mapped like the model's; those that the model has in float16
 * stay where they lie.
 */
export class NarrowedWeights implements ConvertedWeights {
  readonly scalesLoss = true;
  readonly #weights: ConvertibleWeights;
  readonly #elements: 'float16' | 'float';
  readonly #linears: ReadonlyMap<string, FrozenLinear>;
  /** Where those lie that are converted. */
  readonly #offsets = new Map<string, number>();
  readonly #length: number;
  readonly #name: string;

  constructor({ weights, linears, elements }: NarrowedWeightsRequest) {
    this.#weights = weights;
    this.#elements = elements;
    this.#linears = new Map(linears.map((linear) => [linear.name, linear]));
    let offset = 0;
    const converted = linears.filter((linear) => weights.typeOf(weightName(linear), shapeOf(linear)) !== 'F16');
    for (const linear of converted) {
      this.#offsets.set(linear.name, offset);
      offset += bytes(linear, elements);
    }
    this.#length = offset;
    const described = converted.map((linear) => [linear.name, ...shapeOf(linear)].join(':'));
    const version = sha256([weights.version, elements, ...described].join('\n')).slice(0, 24);
    this.#name = `.dropsweep-float16-${version}.bin`;
  }

  products(outer: GraphBuilder, weight: WeightLookup): (b: GraphBuilder) => FrozenProduct {
    const value = once((linear) => this.#value(outer, linear, weight));
    return (b) => narrowedProduct(b, weight, value);
  }

  /** The weight, [out, in] or [in, out] as it is stored. @throws Error for a linear that the model did not name */
  #value(outer: GraphBuilder, name: string, weight: WeightLookup): Value {
    const linear = this.#linears.get(name);
    if (linear === undefined) throw new Error(`${name} is not among the linears of the model`);
    const shape = shapeOf(linear);
    const offset = this.#offsets.get(name);
    if (offset === undefined && this.#elements === 'float') return weight(weightName(linear), shape);
    const place: ExternalData =
      offset === undefined
        ? this.#weights.place(weightName(linear), shape)
        : { location: this.#name, offset, length: bytes(linear, this.#elements) };
    return outer.weight(`${name}.float16`, shape, place, this.#elements);
  }

  async write(folder: string): Promise<void> {
    if (this.#offsets.size === 0) return;
    await writeDerivedFile(path.join(folder, this.#name), this.#length, this.#pieces());
  }

  *#pieces(): Generator<FilePiece> {
    for (const [name, offset] of this.#offsets) {
      const linear = this.#linears.get(name);
      if (linear === undefined) continue;
      const values = this.#weights.read(weightName(linear), shapeOf(linear));
      demandRange(weightName(linear), values);
      const narrowed = narrowFloat16(values);
      yield { offset, bytes: () => (this.#elements === 'float16' ? narrowed : widenFloat16(narrowed)) };
    }
  }
}

/** @throws WEIGHTS_INVALID */
function demandRange(where: string, values: Float32Array): void {
  const beyond = values.find((value) => !(Math.abs(value) <= largestFloat16));
  if (beyond === undefined) return;
  throw new DropsweepError('WEIGHTS_INVALID', 'a weight is larger than float16 can say', {
    where,
    got: String(beyond),
    expected: `finite numbers from −${largestFloat16} to ${largestFloat16}`,
    fix: 'leave out base_precision: float16 for this model',
  });
}

const weightName = ({ name }: FrozenLinear): string => `${name}.weight`;

function shapeOf({ inFeatures, outFeatures, weightLayout }: FrozenLinear): readonly [number, number] {
  return weightLayout === 'in_out' ? [inFeatures, outFeatures] : [outFeatures, inFeatures];
}

function bytes({ inFeatures, outFeatures }: FrozenLinear, elements: 'float16' | 'float'): number {
  return inFeatures * outFeatures * bytesOf[elements];
}
