import path from 'node:path';
import { DropsweepError } from '../base/errors.ts';
import { readFloat32, readSafetensorsHeader, type SafetensorsEntry } from '../formats/safetensors.ts';
import type { Shape, Value } from '../onnx/graph.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import { shapeText } from '../onnx/shapes.ts';

const weightsFile = 'model.safetensors';

/** A model's frozen weights: names and places in its file. They are mapped from there, never copied. */
export class WeightCatalog {
  readonly #file: string;
  readonly #tensors: ReadonlyMap<string, SafetensorsEntry>;
  readonly #prefixes: readonly string[];

  /**
   * @param prefixes what checkpoints of the family may write before, or leave out of, the names in code
   * @throws WEIGHTS_INVALID
   */
  constructor(modelFolder: string, prefixes: readonly string[]) {
    this.#file = path.join(modelFolder, weightsFile);
    this.#tensors = readSafetensorsHeader(this.#file).tensors;
    this.#prefixes = prefixes;
  }

  has(name: string): boolean {
    return this.#find(name) !== null;
  }

  /** The weight as a value of the graph. @throws WEIGHTS_INVALID naming a tensor that is missing or mis-shaped */
  value(b: GraphBuilder, name: string, shape: readonly number[]): Value {
    const { entry } = this.#checked(name, shape);
    return b.weight(name, shape, { location: weightsFile, offset: entry.byteOffset, length: entry.byteLength });
  }

  /** The weight's elements, for tensors that are trained. */
  read(name: string, shape: readonly number[]): Float32Array {
    const { entry, stored } = this.#checked(name, shape);
    return readFloat32(this.#file, stored, entry);
  }

  #checked(name: string, shape: Shape): { entry: SafetensorsEntry; stored: string } {
    const found = this.#find(name);
    if (found === null) {
      throw new DropsweepError('WEIGHTS_INVALID', 'a tensor that config.json calls for is missing', {
        where: this.#file,
        expected: `${name} of ${shapeText(shape)}`,
        fix: 'download the model again; weights and config.json must be of one model',
      });
    }
    const { entry } = found;
    const fits = entry.shape.length === shape.length && entry.shape.every((size, axis) => size === shape[axis]);
    if (!fits || entry.dtype !== 'F32') {
      throw new DropsweepError('WEIGHTS_INVALID', 'a tensor contradicts config.json', {
        where: `${this.#file}: ${found.stored}`,
        got: `${entry.dtype} ${shapeText(entry.shape)}`,
        expected: `F32 ${shapeText(shape)}`,
        fix: 'use float32 weights that belong to this config.json',
      });
    }
    return found;
  }

  #find(name: string): { entry: SafetensorsEntry; stored: string } | null {
    const spellings = [
      name,
      ...this.#prefixes.map((prefix) => (name.startsWith(prefix) ? name.slice(prefix.length) : `${prefix}${name}`)),
    ];
    for (const stored of spellings) {
      const entry = this.#tensors.get(stored);
      if (entry !== undefined) return { entry, stored };
    }
    return null;
  }
}
