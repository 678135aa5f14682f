import { statSync } from 'node:fs';
import path from 'node:path';
import { sha256 } from '../../base/sha256.ts';
import { readWidened, type SafetensorsEntry } from '../../formats/safetensors.ts';
import type { ExternalData } from '../../onnx/graph.ts';
import { writeDerivedFile } from '../../formats/derived-file.ts';

/** A tensor in one of a model's files. */
export interface StoredWeight {
  readonly name: string;
  readonly file: string;
  readonly entry: SafetensorsEntry;
}

const elementBytes = 4;

/**
 * A model's half-precision weights as float32, in a file of our own: written once, under a name made of what it holds,
 * and mapped like any other. Casting inside the graph would copy them into every session.
 */
export class WidenedWeights {
  readonly #modelFolder: string;
  readonly #pieces = new Map<string, { readonly weight: StoredWeight; readonly offset: number }>();
  readonly #length: number;
  readonly #name: string;
  #used = false;

  /** @param weights all that are of half precision: where each lies does not depend on which are asked for */
  constructor(modelFolder: string, weights: readonly StoredWeight[]) {
    this.#modelFolder = modelFolder;
    let offset = 0;
    for (const weight of weights.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      this.#pieces.set(weight.name, { weight, offset });
      offset += bytesOf(weight.entry);
    }
    this.#length = offset;
    const files = [...new Set(weights.map(({ file }) => file))].map((file) => {
      const { size, mtimeMs } = statSync(path.join(modelFolder, file));
      return `${file}:${size}:${mtimeMs}`;
    });
    const places = weights.map(({ name, file, entry }) => `${name}@${file}:${entry.byteOffset}`);
    this.#name = `.dropsweep-float32-${sha256([...files, ...places].join('\n')).slice(0, 24)}.bin`;
  }

  /** Where the tensor's float32 elements lie once the file is written. */
  place(name: string): ExternalData {
    const piece = this.#pieces.get(name);
    if (piece === undefined) throw new Error(`${name} is not of half precision`);
    this.#used = true;
    return { location: this.#name, offset: piece.offset, length: bytesOf(piece.weight.entry) };
  }

  /** Into the folder of the graph. */
  async write(folder: string): Promise<void> {
    if (!this.#used) return;
    const pieces = [...this.#pieces.values()].map(({ weight, offset }) => ({
      offset,
      bytes: () => readWidened(path.join(this.#modelFolder, weight.file), weight.name, weight.entry),
    }));
    await writeDerivedFile(path.join(folder, this.#name), this.#length, pieces);
  }
}

function bytesOf({ shape }: SafetensorsEntry): number {
  return shape.reduce((product, size) => product * size, elementBytes);
}
