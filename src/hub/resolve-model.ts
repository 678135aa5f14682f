import type { Progress } from '../base/progress.ts';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DropsweepError } from '../base/errors.ts';
import type { BaseModelReference } from '../sweep/vocabulary.ts';
import { isOnnxFile } from '../base/model-place.ts';
import { cacheFolderOf } from './cache-folder.ts';
import { completedCopy, completeModel, lackingIn } from './complete-model.ts';
import { describeExport } from './describe-export.ts';
import { fetchFromHub } from './fetch-from-hub.ts';
import { fetchFromMirror } from './fetch-from-mirror.ts';
import { withFileLock } from './file-lock.ts';
import { huggingFaceSnapshot } from './hugging-face-cache.ts';
import { describeModel, missingFiles } from './model-files.ts';

export interface ResolveModelOptions {
  /** Default: $XDG_CACHE_HOME/dropsweep, else ~/.cache/dropsweep. */
  readonly cacheFolder?: string;
  readonly environment?: NodeJS.ProcessEnv;
  readonly progress?: Progress;
  /** False: only folders and the cache are looked at. */
  readonly fetch?: boolean;
  readonly connectTimeoutMs?: number;
  readonly stallTimeoutMs?: number;
  readonly mirrorTimeoutMs?: number;
}

/** org/name, or the name alone of the hub's first models: gpt2, bert-base-uncased. */
const hubId = /^(?!\.+(\/|$))[\w.-]+(\/(?!\.+$)[\w.-]+)?$/;

/**
 * Finds a base model: an ONNX file, a folder, our cache, Hugging Face's, their hub, a mirror of the same bytes; in this
 * order.
 * @throws MODEL_NOT_FOUND with each place's reason
 */
export async function resolveModel(reference: string, options: ResolveModelOptions = {}): Promise<BaseModelReference> {
  const cache = options.cacheFolder ?? cacheFolderOf(options.environment ?? process.env);
  const hashes = join(cache, 'hashes');
  if (isOnnxFile(reference)) return describeExport(reference, hashes);
  const tried: string[] = [];
  const folder = resolve(reference);
  demandNoAdapter(folder);
  const given = await usableFolder(folder, cache, options);
  if (given !== null) return describeModel(reference, given, hashes);
  tried.push(`folder ${folder}: lacks ${(await lackingIn(folder)).join(', ')}`);
  if (!hubId.test(reference)) throw notFound(reference, tried);
  const kept = join(cache, 'models', reference.replace('/', '--'));
  if ((await missingFiles(kept)).length === 0) return describeModel(reference, kept, hashes);
  tried.push(`cache ${kept}: not there`);
  const snapshot = huggingFaceSnapshot(reference, options.environment ?? process.env);
  const fetched = snapshot === null ? null : await usableFolder(snapshot, cache, options);
  if (fetched !== null) return describeModel(reference, fetched, hashes);
  tried.push(`cache of Hugging Face: ${snapshot === null ? 'not there' : `${snapshot} is not complete`}`);
  if (options.fetch === false) throw notFound(reference, tried);
  await mkdir(join(cache, 'models'), { recursive: true });
  await withFileLock(`${kept}.lock`, () => fetchModel(reference, kept, tried, options), options);
  return describeModel(reference, kept, hashes);
}

/** @throws MODEL_UNSUPPORTED where a folder holds what PEFT saves of an adapter, and no model */
function demandNoAdapter(folder: string): void {
  const file = join(folder, 'adapter_config.json');
  if (!existsSync(file) || existsSync(join(folder, 'config.json'))) return;
  const named = /"base_model_name_or_path"\s*:\s*"([^"]+)"/.exec(readFileSync(file, 'utf8'))?.[1];
  throw new DropsweepError('MODEL_UNSUPPORTED', 'the folder holds an adapter, not a model', {
    where: file,
    got: named === undefined ? 'an adapter that does not name its base' : `an adapter of ${named}`,
    expected: 'a base model, which sweeps train adapters of',
    fix: named === undefined ? 'give the model that the adapter was trained on as base' : `set base: ${named}`,
  });
}

/** The folder, or a copy with what had to be made; null where files are missing that nothing stands in for. */
async function usableFolder(folder: string, cache: string, options: ResolveModelOptions): Promise<string | null> {
  return (await missingFiles(folder)).length === 0 ? folder : completedCopy(folder, cache, options);
}

/** As `resolveModel`, but null where the model would have to be fetched. */
export async function findModel(
  reference: string,
  options: ResolveModelOptions = {},
): Promise<BaseModelReference | null> {
  try {
    return await resolveModel(reference, { ...options, fetch: false });
  } catch (error) {
    if (error instanceof DropsweepError && error.code === 'MODEL_NOT_FOUND') return null;
    throw error;
  }
}

async function fetchModel(
  reference: string,
  kept: string,
  tried: string[],
  options: ResolveModelOptions,
): Promise<void> {
  if ((await missingFiles(kept)).length === 0) return; // Whoever held the lock before fetched it.
  const environment = options.environment ?? process.env;
  // The hub's folder stays, so that a broken download goes on; complete ones get their name in one step.
  const sources = [
    {
      name: 'hub',
      folder: `${kept}.partial`,
      fetch: (folder: string) =>
        fetchFromHub(reference, folder, {
          ...options,
          environment,
          connectTimeoutMs: options.connectTimeoutMs ?? 5_000,
          stallTimeoutMs: options.stallTimeoutMs ?? 30_000,
        }),
    },
    {
      name: 'mirror',
      folder: `${kept}.mirror-${randomBytes(4).toString('hex')}`,
      fetch: (folder: string) =>
        fetchFromMirror(reference, folder, { ...options, environment, timeoutMs: options.mirrorTimeoutMs ?? 300_000 }),
    },
  ];
  for (const source of sources) {
    await mkdir(source.folder, { recursive: true });
    try {
      await source.fetch(source.folder);
    } catch (error) {
      tried.push(`${source.name}: ${error instanceof Error ? error.message : String(error)}`);
      if (source.name === 'mirror') await rm(source.folder, { recursive: true, force: true });
      continue;
    }
    await completeModel(source.folder, options);
    await rm(kept, { recursive: true, force: true });
    await rename(source.folder, kept);
    return;
  }
  throw notFound(reference, tried);
}

function notFound(reference: string, tried: readonly string[]): DropsweepError {
  return new DropsweepError('MODEL_NOT_FOUND', 'the base model was found nowhere', {
    where: reference,
    got: tried.join('; '),
    expected:
      'a folder with config.json, tokenizer and weights (model.safetensors or pytorch_model.bin), or a hub id such as org/name',
    fix: 'give the path of such a folder, set HF_ENDPOINT to a hub you reach, or copy the folder into the cache named above',
  });
}
