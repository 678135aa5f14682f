import { readFile } from 'node:fs/promises';
import { DropsweepError } from '../../base/errors.ts';
import { type BatchPlan, planBatches } from '../../data/batches/epoch-batches.ts';
import { thawRows } from '../../data/frozen-rows.ts';
import { type EncodedInput, type EncodedRows, inputLengths, selectRows } from '../../data/encoded-rows.ts';
import { openTokenizer } from '../../data/tokens/open-tokenizer.ts';
import { shapeOf } from '../../sweep/training-fields.ts';
import { stream } from '../../random/stream.ts';
import type {
  AdapterShape,
  BaseModelReference,
  DatasetReference,
  HeadShape,
  TaskShape,
} from '../../sweep/vocabulary.ts';
import type { DeviceKind } from '../../sweep/device-kind.ts';
import { givesPaddingRows, trainerVersion } from '../../sweep/trainer-version.ts';
import { encodeFrozen } from '../../tasks/encode-frozen.ts';
import { taskOf } from '../../tasks/tasks.ts';
import type { AdapterEngine, OpenAdapterEngine } from '../engine/adapter-engine.ts';
import { demandPositions, type ModelLimits, readModelLimits } from '../engine/model-limits.ts';
import { SharedClock } from './shared-clock.ts';
import { type GatheredTraining, StepGathering } from '../engine/passes/step-gathering.ts';

/** Which rows, and what their inputs depend on. */
export interface EncodedWanted {
  readonly base: BaseModelReference;
  readonly modelFolder: string;
  readonly task: TaskShape;
  readonly dataset: DatasetReference;
  /** gzip'd JSON lines as `freezeRows` made them. */
  readonly file: string | undefined;
  /** Where inputs are kept on this machine; absent: nowhere. */
  readonly inputsFolder?: string | undefined;
  readonly maxLength: number;
  /** To train on; absent: to be scored. */
  readonly training?: true;
}

const ENGINE_LIMIT = 2;
const ENCODED_LIMIT = 8;

/**
 * A slot's cache between segments: open engines, tokenised rows and batch plans, each by what it depends on, the
 * least recently used given up first. A training that shares base, adapter shape and data with the last one starts
 * with nothing to load.
 */
export class WarmSlot {
  readonly device: DeviceKind;
  readonly clock = new SharedClock();
  readonly #openEngine: OpenAdapterEngine;
  readonly #threads: number;
  readonly #engines = new Map<string, Promise<AdapterEngine>>();
  readonly #gatherings = new Map<string, Promise<StepGathering>>();
  readonly #encoded = new Map<string, EncodedRows>();
  readonly #plans = new WeakMap<readonly EncodedInput[], Map<number, BatchPlan>>();
  readonly #limits = new Map<string, ModelLimits>();

  constructor(openEngine: OpenAdapterEngine, threads: number, device: DeviceKind) {
    this.#openEngine = openEngine;
    this.#threads = threads;
    this.device = device;
  }

  /** A place beside the trainings of this bundle key that run now. @param pack asked of the first of them */
  async gather(key: string, engine: AdapterEngine, pack: () => Promise<number>): Promise<GatheredTraining> {
    const known = this.#gatherings.get(key);
    const gathering = known ?? pack().then((size) => new StepGathering(engine, size));
    this.#gatherings.set(key, gathering);
    try {
      const place = (await gathering).join();
      const leave = async () => {
        place.leave();
        if ((await gathering).empty) this.#gatherings.delete(key);
      };
      return { ...place, leave: () => void leave() };
    } catch (error) {
      this.#gatherings.delete(key);
      throw error;
    }
  }

  /** Asked for again while it opens, it is the same one. */
  async engine(
    base: BaseModelReference,
    modelFolder: string,
    task: TaskShape,
    configuration: AdapterShape & HeadShape,
    version: string = trainerVersion,
  ): Promise<AdapterEngine> {
    const shape = shapeOf(configuration, ['adapter', 'head']);
    const paddingHasRows = givesPaddingRows(version);
    const key = JSON.stringify([base.content_hash, modelFolder, task, shape, paddingHasRows]);
    const kept = touch(this.#engines, key);
    if (kept !== undefined) return kept;
    const given = shed(this.#engines, ENGINE_LIMIT - 1);
    const open = async () => {
      for (const engine of given) await (await engine).close();
      const shapes = { task, adapter: configuration, head: configuration, paddingHasRows };
      return this.#openEngine({ modelFolder, ...shapes, threads: this.#threads });
    };
    const opening = open();
    this.#engines.set(key, opening);
    opening.catch(() => this.#engines.delete(key));
    return opening;
  }

  /** Frozen rows as a task makes inputs of them. */
  async encoded(wanted: EncodedWanted): Promise<EncodedRows> {
    const { base, modelFolder, task, dataset, file, inputsFolder, maxLength, training } = wanted;
    // Of most tasks these are the same inputs.
    const packs = training === true && taskOf(task).objective.severalTexts?.(task) === true;
    const key = JSON.stringify([dataset.hash, task, base.tokenizer_hash, modelFolder, maxLength, packs]);
    const kept = touch(this.#encoded, key);
    const limits = await this.limits(base, modelFolder);
    if (kept !== undefined) {
      demandPositions(kept, limits);
      return kept;
    }
    const rows = thawRows(await readFrozen(dataset, file), dataset.hash);
    const packing = packs ? { training: true as const } : {};
    const request = { shape: task, ...openTokenizer(modelFolder), maxLength, ...packing };
    const places = inputsFolder === undefined ? undefined : { folder: inputsFolder, hash: dataset.hash };
    const encoded = await encodeFrozen(rows, request, places);
    demandPositions(encoded, limits);
    shed(this.#encoded, ENCODED_LIMIT - 1);
    this.#encoded.set(key, encoded);
    return encoded;
  }

  /**
   * How inputs are cut into batches; kept with them, because planning looks at whole epochs. A plan follows from its
   * inputs, so it is known by them, and by nothing that they were made of: rows, task and tokenizer, each to its length.
   */
  plan(inputs: readonly EncodedInput[], batchSize: number): BatchPlan {
    const plans = this.#plans.get(inputs) ?? new Map<number, BatchPlan>();
    this.#plans.set(inputs, plans);
    const plan = plans.get(batchSize) ?? planBatches(inputLengths(inputs), batchSize);
    plans.set(batchSize, plan);
    return plan;
  }

  async limits(base: BaseModelReference, modelFolder: string): Promise<ModelLimits> {
    const key = JSON.stringify([base.content_hash, modelFolder]);
    const kept = this.#limits.get(key);
    if (kept !== undefined) return kept;
    const limits = await readModelLimits(modelFolder);
    this.#limits.set(key, limits);
    return limits;
  }
}

/** A fixed subsample of rows, the same for every training on them: drawn by the rows' hash. */
export function trainSubsample(encoded: EncodedRows, datasetHash: string, rows: number): EncodedRows {
  const order = stream(0, 'train_subsample', datasetHash).permutation(encoded.rows.length).slice(0, rows).sort();
  return selectRows(encoded, order);
}

async function readFrozen(dataset: DatasetReference, file: string | undefined): Promise<Uint8Array> {
  try {
    if (file === undefined) throw new Error('no file was named for it');
    return await readFile(file);
  } catch (cause) {
    throw new DropsweepError('DATA_INVALID', 'the frozen rows are not on this machine', {
      where: file ?? `dataset ${dataset.hash}`,
      got: cause instanceof Error ? cause.message : String(cause),
      expected: 'a file that this worker wrote of the database',
      fix: 'start the worker again',
      cause,
    });
  }
}

/** The kept value, made the most recently used. */
function touch<Value>(kept: Map<string, Value>, key: string): Value | undefined {
  const value = kept.get(key);
  if (value === undefined) return undefined;
  kept.delete(key);
  kept.set(key, value);
  return value;
}

/** Gives up the least recently used values beyond `limit` and returns them. */
function shed<Value>(kept: Map<string, Value>, limit: number): Value[] {
  const surplus = [...kept].slice(0, Math.max(0, kept.size - limit));
  for (const [key] of surplus) kept.delete(key);
  return surplus.map(([, value]) => value);
}
