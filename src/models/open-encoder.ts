import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DropsweepError } from '../base/errors.ts';
import { bertEncoder } from './bert.ts';
import { readBertConfiguration } from './bert-configuration.ts';
import type { Encoder } from './encoder.ts';
import { gpt2 } from './gpt2.ts';
import { llama } from './llama.ts';
import { mistral } from './mistral.ts';
import { qwen2 } from './qwen2.ts';
import { qwen3 } from './qwen3.ts';
import { WeightCatalog } from './weight-catalog.ts';

export interface OpenedEncoder {
  readonly encoder: Encoder;
  readonly weights: WeightCatalog;
}

const families: Readonly<Record<string, (config: unknown, folder: string) => OpenedEncoder>> = {
  bert: (config, folder) => ({
    encoder: bertEncoder(readBertConfiguration(config, path.join(folder, 'config.json'))),
    weights: new WeightCatalog(folder, ['bert.']),
  }),
  gpt2: decoder(gpt2, 'transformer.'),
  llama: decoder(llama, 'model.'),
  mistral: decoder(mistral, 'model.'),
  qwen2: decoder(qwen2, 'model.'),
  qwen3: decoder(qwen3, 'model.'),
};

/** @param prefix what checkpoints of the model without its head leave out */
function decoder(family: (config: unknown, file: string) => Encoder, prefix: string) {
  return (config: unknown, folder: string): OpenedEncoder => ({
    encoder: family(config, path.join(folder, 'config.json')),
    weights: new WeightCatalog(folder, [prefix]),
  });
}

/**
 * Reads a model folder's config.json and the header of its weights.
 * @throws MODEL_NOT_FOUND, MODEL_UNSUPPORTED, WEIGHTS_INVALID
 */
export function openEncoder(folder: string): OpenedEncoder {
  const file = path.join(folder, 'config.json');
  const config = readJson(file);
  const type =
    typeof config === 'object' && config !== null && 'model_type' in config ? String(config.model_type) : 'none';
  const open = families[type];
  if (open === undefined) {
    throw new DropsweepError('MODEL_UNSUPPORTED', 'an architecture that the engine does not build', {
      where: `${file}: model_type`,
      got: type,
      expected: Object.keys(families).join(', '),
      fix: 'choose a base model of a supported family',
    });
  }
  return open(config, folder);
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new DropsweepError('MODEL_NOT_FOUND', 'the model folder has no readable config.json', { where: file, cause });
  }
}
