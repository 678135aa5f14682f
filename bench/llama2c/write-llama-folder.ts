import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeSafetensors } from '../../src/formats/write-safetensors.ts';
import { readLlama2cCheckpoint } from './read-checkpoint.ts';
import { readLlama2cTokenizer } from './read-tokenizer.ts';

/** Writes config.json, model.safetensors, tokenizer.json and tokenizer_config.json of a model of llama2.c. */
export function writeLlamaFolder(checkpoint: string, tokenizer: string, folder: string): void {
  const { config, tensors } = readLlama2cCheckpoint(readFileSync(checkpoint));
  const described = readLlama2cTokenizer(readFileSync(tokenizer), Number(config['vocab_size']));
  const settings = {
    bos_token: '<s>',
    eos_token: '</s>',
    unk_token: '<unk>',
    tokenizer_class: 'PreTrainedTokenizerFast',
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(described));
  writeFileSync(join(folder, 'tokenizer_config.json'), `${JSON.stringify(settings, null, 2)}\n`);
  writeFileSync(join(folder, 'model.safetensors'), writeSafetensors(tensors, { format: 'pt' }));
}
