import { DropsweepError } from '../base/errors.ts';
import { singleWeightsFile } from '../formats/weight-files.ts';
import type { Value } from '../onnx/graph.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import type { FrozenWeights } from './frozen-weights.ts';

/**
 * The weights that a config.json tells of, of a model whose own are not there: graphs of them can be built and measured,
 * and not run.
 */
export class DescribedWeights implements FrozenWeights {
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
    const length = shape.reduce((product, size) => product * size, Float32Array.BYTES_PER_ELEMENT);
    return b.weight(name, shape, { location: singleWeightsFile, offset: 0, length });
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
