import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DropsweepError } from '../base/errors.ts';
import { isOnnxFile } from '../base/model-place.ts';
import { weightsAreIn } from '../formats/weight-files.ts';
import { bert } from './families/bert.ts';
import { debertaV2 } from './families/deberta-v2.ts';
import { DescribedWeights } from './weights/described-weights.ts';
import { distilbert } from './families/distilbert.ts';
import { electra } from './families/electra.ts';
import type { Encoder } from './encoder.ts';
import type { FrozenWeights } from './weights/frozen-weights.ts';
import { gpt2 } from './families/gpt2.ts';
import { llama } from './families/llama.ts';
import { mistral } from './families/mistral.ts';
import { importEncoder } from './onnx-import/imported-encoder.ts';
import { qwen2 } from './families/qwen2.ts';
import { qwen3 } from './families/qwen3.ts';
import { roberta } from './families/roberta.ts';
import { WeightCatalog } from './weights/weight-catalog.ts';

export interface OpenedEncoder {
  readonly encoder: Encoder;
  readonly weights: FrozenWeights;
  /** Where the model's files lie. */
  readonly folder: string;
  /** config.json's model_type, or what stands for it in messages. */
  readonly family: string;
}

type Family = (config: unknown, file: string) => Encoder;

interface FamilyEntry {
  readonly family: Family;
  /** The prefix of the names in code that checkpoints of the model without its head leave out. */
  readonly prefix: string;
}

/** By config.json's model_type. */
const families: Readonly<Record<string, FamilyEntry>> = {
  bert: { family: bert, prefix: 'bert.' },
  roberta: { family: roberta, prefix: 'roberta.' },
  'xlm-roberta': { family: roberta, prefix: 'roberta.' },
  distilbert: { family: distilbert, prefix: 'distilbert.' },
  electra: { family: electra, prefix: 'electra.' },
  'deberta-v2': { family: debertaV2, prefix: 'deberta.' },
  gpt2: { family: gpt2, prefix: 'transformer.' },
  llama: { family: llama, prefix: 'model.' },
  mistral: { family: mistral, prefix: 'model.' },
  qwen2: { family: qwen2, prefix: 'model.' },
  qwen3: { family: qwen3, prefix: 'model.' },
};

/**
 * Reads a model folder's config.json and the header of its weights, or an ONNX file. Without weights, what config.json
 * tells of them.
 * @throws MODEL_NOT_FOUND, ONNX_INVALID, MODEL_UNSUPPORTED, WEIGHTS_INVALID
 */
export function openEncoder(place: string): OpenedEncoder {
  if (isOnnxFile(place)) return { ...importEncoder(place), folder: path.dirname(place), family: 'an ONNX file' };
  const folder = place;
  const file = path.join(folder, 'config.json');
  const config = readJson(file);
  const type =
    typeof config === 'object' && config !== null && 'model_type' in config ? String(config.model_type) : 'none';
  const entry = families[type];
  if (entry === undefined) {
    throw new DropsweepError('MODEL_UNSUPPORTED', 'an architecture that the engine does not build', {
      where: `${file}: model_type`,
      got: type,
      expected: Object.keys(families).join(', '),
      fix: 'choose a base model of a supported family',
    });
  }
  const weights = weightsAreIn(folder) ? new WeightCatalog(folder, [entry.prefix]) : new DescribedWeights(folder);
  return { encoder: entry.family(config, file), weights, folder, family: type };
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new DropsweepError('MODEL_NOT_FOUND', 'the model folder has no readable config.json', { where: file, cause });
  }
}
