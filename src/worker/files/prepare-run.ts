import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asDiskFull } from '../../base/disk-full.ts';
import type { Segment } from '../../sweep/segment.ts';
import { traitsOf } from '../../sweep/trainer-traits.ts';
import { programsFolder } from './program-folders.ts';
import type { BaseModelReference } from '../../sweep/vocabulary.ts';
import type { RunCommand } from '../../train/process/segment-runner.ts';
import type { ProbeRequest } from '../../train/process/trainer-protocol.ts';
import type { CheckpointStore } from './checkpoint-store.ts';

export interface PrepareOptions {
  /** The machine's data directory. */
  readonly dataDirectory: string;
  /** Where inputs that were made of frozen rows are kept. */
  readonly inputsFolder: string;
  readonly checkpoints: CheckpointStore;
  readonly checkpointEverySeconds: number;
  /** The frozen rows of a dataset: gzip'd JSON lines. */
  readonly readDataset: (hash: string) => Promise<Uint8Array>;
  /** The folder of a base model on this machine, its content checked. */
  readonly resolveModelFolder: (base: BaseModelReference) => Promise<string>;
}

/** Brings what a segment needs to this machine: frozen rows into a cache file each, the base model into its folder. */
export class RunPreparation {
  readonly #options: PrepareOptions;
  readonly #datasets = new Map<string, Promise<string>>();
  readonly #models = new Map<string, Promise<string>>();

  constructor(options: PrepareOptions) {
    this.#options = options;
  }

  async run(segment: Segment): Promise<RunCommand> {
    const { specification } = segment;
    const { base } = traitsOf(specification.trainer);
    const datasetFiles: Record<string, string> = {};
    if (base) for (const hash of datasetsOf(segment)) datasetFiles[hash] = await this.#dataset(hash);
    return {
      kind: 'run',
      segment,
      checkpointFolder: this.#options.checkpoints.folder,
      storeId: this.#options.checkpoints.id,
      datasetFiles,
      inputsFolder: this.#options.inputsFolder,
      modelFolder: base ? await this.#model(specification.base) : '',
      checkpointEverySeconds: this.#options.checkpointEverySeconds,
      ...(specification.program === undefined ? {} : { workFolder: programsFolder(this.#options.dataDirectory) }),
    };
  }

  async probe(request: Omit<ProbeRequest, 'modelFolder' | 'datasetFile'>): Promise<ProbeRequest> {
    if (!traitsOf(request.trainer ?? 'onnx').base) return { ...request, modelFolder: '', datasetFile: '' };
    const [modelFolder, datasetFile] = [await this.#model(request.base), await this.#dataset(request.train.hash)];
    return { ...request, modelFolder, datasetFile, inputsFolder: this.#options.inputsFolder };
  }

  #dataset(hash: string): Promise<string> {
    return once(this.#datasets, hash, () => this.#fetchDataset(hash));
  }

  #model(base: BaseModelReference): Promise<string> {
    const key = JSON.stringify([base.reference, base.content_hash, base.tokenizer_hash]);
    return once(this.#models, key, () => this.#options.resolveModelFolder(base));
  }

  async #fetchDataset(hash: string): Promise<string> {
    const folder = join(this.#options.dataDirectory, 'datasets');
    const path = join(folder, `${hash}.jsonl.gz`);
    const present = await access(path).then(
      () => true,
      () => false,
    );
    if (present) return path;
    await mkdir(folder, { recursive: true });
    const partial = `${path}.${process.pid}.partial`;
    const rows = await this.#options.readDataset(hash);
    try {
      await writeFile(partial, rows);
      await rename(partial, path);
    } catch (error) {
      await rm(partial, { force: true });
      throw asDiskFull(error, 'there is no room for the rows of a dataset', path);
    }
    return path;
  }
}

/** All that a segment reads of the database by its hash: rows, and the adapter that a training begins with. */
function datasetsOf(segment: Segment): ReadonlySet<string> {
  const { train, selection, init_adapter: adapter } = segment.specification;
  return new Set([
    train.hash,
    ...(segment.kind === 'evaluate' ? segment.evaluations.map(({ dataset }) => dataset.hash) : []),
    ...(segment.kind === 'train' && selection !== undefined ? [selection.dev.hash] : []),
    ...(segment.kind === 'train' && adapter !== undefined ? [adapter.hash] : []),
  ]);
}

/** Fetches once for each key; a failure is tried again at the next call. */
function once(known: Map<string, Promise<string>>, key: string, fetch: () => Promise<string>): Promise<string> {
  const before = known.get(key);
  if (before !== undefined) return before;
  const fetched = fetch();
  known.set(key, fetched);
  fetched.catch(() => known.delete(key));
  return fetched;
}
