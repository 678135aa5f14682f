import { statSync } from 'node:fs';
import path from 'node:path';
import { DropsweepError } from '../../base/errors.ts';
import { readSafetensorsHeader, readWidened, type SafetensorsEntry } from '../../formats/safetensors.ts';
import { weightFilesOf } from '../../formats/weight-files.ts';
import type { ExternalData, Shape, Value } from '../../onnx/graph.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { shapeText } from '../../onnx/sizes/shapes.ts';
import type { FrozenWeights } from './frozen-weights.ts';
import { WidenedWeights } from './widened-weights.ts';

interface Found {
  readonly entry: SafetensorsEntry;
  /** Its name in the file. */
  readonly stored: string;
  readonly file: string;
}

/** Checkpoints converted from TensorFlow, BERT's first ones among them, name a layer norm's factors as it did. */
const renamed = (stored: string) =>
  stored.replace(/LayerNorm\.gamma$/, 'LayerNorm.weight').replace(/LayerNorm\.beta$/, 'LayerNorm.bias');

/** The file that is read: half precision is widened to float32 once, into a file of our own. */
const readable = new Set(['F32', 'F16', 'BF16']);

/** A model's frozen weights: names and places in its files. They are mapped from there, never copied. */
export class WeightCatalog implements FrozenWeights {
  readonly files: readonly string[];
  readonly #folder: string;
  readonly #tensors = new Map<string, Found>();
  readonly #prefixes: readonly string[];
  readonly #widened: WidenedWeights;

  /**
   * @param prefixes what checkpoints of the family may write before, or leave out of, the names in code
   * @throws WEIGHTS_INVALID
   */
  constructor(modelFolder: string, prefixes: readonly string[]) {
    this.#folder = modelFolder;
    this.#prefixes = prefixes;
    this.files = weightFilesOf(modelFolder);
    for (const file of this.files) {
      for (const [stored, entry] of readSafetensorsHeader(path.join(modelFolder, file)).tensors) {
        this.#tensors.set(renamed(stored), { entry, file, stored });
      }
    }
    const halves = [...this.#tensors.values()].flatMap(({ stored, entry, file }) =>
      entry.dtype === 'F32' ? [] : [{ name: stored, entry, file }],
    );
    this.#widened = new WidenedWeights(
      modelFolder,
      halves.filter(({ entry }) => readable.has(entry.dtype)),
    );
  }

  has(name: string): boolean {
    return this.#find(name) !== null;
  }

  shapeOf(name: string): readonly number[] | null {
    return this.#find(name)?.entry.shape ?? null;
  }

  /** Every tensor that can be read, by its name in code, in the files' order. */
  all(): readonly { readonly name: string; readonly shape: readonly number[] }[] {
    const [prefix = ''] = this.#prefixes;
    const bare = [...this.#tensors.keys()].every((name) => !name.startsWith(prefix));
    return [...this.#tensors].flatMap(([name, { entry }]) =>
      readable.has(entry.dtype) ? [{ name: bare ? `${prefix}${name}` : name, shape: entry.shape }] : [],
    );
  }

  /** The weight as a value of the graph. @throws WEIGHTS_INVALID naming a tensor that is missing or mis-shaped */
  value(b: GraphBuilder, name: string, shape: readonly number[]): Value {
    const { entry, stored } = this.#checked(name, shape);
    return b.weight(name, shape, entry.dtype === 'F32' ? this.place(name, shape) : this.#widened.place(stored));
  }

  /** How its elements are stored: F32, F16 or BF16. @throws WEIGHTS_INVALID */
  typeOf(name: string, shape: readonly number[]): string {
    return this.#checked(name, shape).entry.dtype;
  }

  /** Where the elements lie as they are stored. @throws WEIGHTS_INVALID */
  place(name: string, shape: readonly number[]): ExternalData {
    const { entry, file } = this.#checked(name, shape);
    return { location: file, offset: entry.byteOffset, length: entry.byteLength };
  }

  /** The weight's elements, for tensors that are trained. */
  read(name: string, shape: readonly number[]): Float32Array {
    const { entry, file, stored } = this.#checked(name, shape);
    return readWidened(path.join(this.#folder, file), stored, entry);
  }

  /** Changes when a file of the weights does. */
  get version(): string {
    const facts = [...new Set([...this.#tensors.values()].map(({ file }) => file))].map((file) => {
      const { ino, size, mtimeMs } = statSync(path.join(this.#folder, file));
      return [file, ino, size, mtimeMs].join(':');
    });
    return facts.join('\n');
  }

  /** Writes what the graph's weights lie in besides the model's own files; before a session opens. */
  async complete(graphFolder: string): Promise<void> {
    await this.#widened.write(graphFolder);
  }

  #checked(name: string, shape: Shape): Found {
    const found = this.#find(name);
    if (found === null) {
      throw new DropsweepError('WEIGHTS_INVALID', 'a tensor that config.json calls for is missing', {
        where: this.#folder,
        expected: `${name} of ${shapeText(shape)}`,
        fix: name.includes('.pooler.')
          ? 'set training.pooling: mean: this checkpoint has no pooler, as those of language-model pretraining have none'
          : 'download the model again; weights and config.json must be of one model',
      });
    }
    const { entry } = found;
    const fits = entry.shape.length === shape.length && entry.shape.every((size, axis) => size === shape[axis]);
    if (!fits || !readable.has(entry.dtype)) {
      throw new DropsweepError('WEIGHTS_INVALID', 'a tensor contradicts config.json', {
        where: `${path.join(this.#folder, found.file)}: ${found.stored}`,
        got: `${entry.dtype} ${shapeText(entry.shape)}`,
        expected: `F32, F16 or BF16 ${shapeText(shape)}`,
        fix: 'use floating-point weights that belong to this config.json',
      });
    }
    return found;
  }

  #find(name: string): Found | null {
    const spellings = [
      name,
      ...this.#prefixes.map((prefix) => (name.startsWith(prefix) ? name.slice(prefix.length) : `${prefix}${name}`)),
    ];
    return spellings.map((spelling) => this.#tensors.get(spelling)).find((found) => found !== undefined) ?? null;
  }
}
