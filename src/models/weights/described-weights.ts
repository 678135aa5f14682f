import { DropsweepError } from '../../base/errors.ts';
import { singleWeightsFile } from '../../formats/weight-files.ts';
import type { ExternalData, Value } from '../../onnx/graph.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import type { ConvertibleWeights } from './converted-weights.ts';
import type { FrozenWeights } from './frozen-weights.ts';

/**
 * The weights that a config.json tells of, of a model whose own are not there: graphs of them can be built and measured,
 * and not run.
 */
export class DescribedWeights implements FrozenWeights, ConvertibleWeights {
  readonly files: readonly string[] = [];
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  has(): boolean {
    return true;
  }

  shapeOf(): null {
    return null;
  }

  all(): readonly [] {
    return [];
  }

  value(b: GraphBuilder, name: string, shape: readonly number[]): Value {
    return b.weight(name, shape, this.place(name, shape));
  }

  /** As they would be once they are there: published ones that are shorter are made so on this machine. */
  typeOf(): string {
    return 'F32';
  }

  place(_name: string, shape: readonly number[]): ExternalData {
    const length = shape.reduce((product, size) => product * size, Float32Array.BYTES_PER_ELEMENT);
    return { location: singleWeightsFile, offset: 0, length };
  }

  get version(): string {
    return this.#folder;
  }

  read(): never {
    throw this.#absent();
  }

  async complete(): Promise<void> {
    await Promise.reject(this.#absent());
  }

  #absent(): DropsweepError {
    return new DropsweepError('MODEL_NOT_FOUND', 'the model folder has a config.json and no weights', {
      where: this.#folder,
      expected: `${singleWeightsFile}, or the index of its shards`,
      fix: 'put the weights beside config.json, or give the model’s id on the hub as base',
    });
  }
}
