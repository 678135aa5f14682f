import { closeSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { DropsweepError } from '../../base/errors.ts';
import { TensorProto_DataType } from '../../onnx/generated/onnx_pb.ts';
import type { Value } from '../../onnx/graph.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { shapeText } from '../../onnx/sizes/shapes.ts';
import type { FrozenWeights } from '../weights/frozen-weights.ts';
import type { StoredTensor } from './read-onnx-file.ts';

/** The weights of an ONNX file, by names in code. They are mapped from it, or from its external data, never copied. */
export class OnnxWeights implements FrozenWeights {
  readonly #folder: string;
  readonly #tensors: ReadonlyMap<string, StoredTensor>;

  /** @param tensors by their names in code */
  constructor(folder: string, tensors: ReadonlyMap<string, StoredTensor>) {
    this.#folder = folder;
    this.#tensors = tensors;
  }

  get files(): readonly string[] {
    const places = [...this.#tensors.values()].flatMap(({ place }) => (place === null ? [] : [place.location]));
    return [...new Set(places)];
  }

  has(name: string): boolean {
    return this.#tensors.has(name);
  }

  shapeOf(name: string): readonly number[] | null {
    return this.#tensors.get(name)?.shape ?? null;
  }

  all() {
    return [...this.#tensors.values()].flatMap(({ name, shape, type }) =>
      type === TensorProto_DataType.FLOAT ? [{ name, shape }] : [],
    );
  }

  value(b: GraphBuilder, name: string, shape: readonly number[]): Value {
    return b.weight(name, shape, this.#placed(name, shape));
  }

  read(name: string, shape: readonly number[]): Float32Array {
    const { location, offset, length } = this.#placed(name, shape);
    const transposed = this.#tensors.get(name)?.transposed === true;
    const bytes = new Uint8Array(length);
    const file = openSync(path.join(this.#folder, location), 'r');
    try {
      readSync(file, bytes, 0, length, offset);
    } finally {
      closeSync(file);
    }
    const stored = new Float32Array(bytes.buffer);
    const [rows = 0, columns = 0] = shape;
    if (!transposed) return stored;
    return stored.map((_, at) => stored[(at % columns) * rows + Math.floor(at / columns)] ?? 0);
  }

  /** Everything lies in the model's own files. */
  async complete(): Promise<void> {
    await Promise.resolve();
  }

  #placed(name: string, shape: readonly number[]) {
    const tensor = this.#tensors.get(name);
    const fits = tensor?.shape.length === shape.length && tensor.shape.every((size, axis) => size === shape[axis]);
    if (tensor?.place != null && fits && tensor.type === TensorProto_DataType.FLOAT) return tensor.place;
    throw new DropsweepError('WEIGHTS_INVALID', 'the ONNX file has no such float32 weight', {
      where: `${this.#folder}: ${name}`,
      got: tensor === undefined ? 'nothing' : shapeText(tensor.shape),
      expected: shapeText(shape),
      fix: 'export the model again, in float32',
    });
  }
}
