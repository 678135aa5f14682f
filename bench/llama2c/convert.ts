import { parseArgs } from 'node:util';
import { writeLlamaFolder } from './write-llama-folder.ts';

/*
 * Writes a model of llama2.c as a Llama folder that sweeps take as a base:
 * `npm run convert:llama2c -- stories260K.bin tok512.bin ./stories260K`.
 */
const [checkpoint, tokenizer, folder] = parseArgs({ allowPositionals: true }).positionals;
if (checkpoint === undefined || tokenizer === undefined || folder === undefined) {
  process.stderr.write('usage: npm run convert:llama2c -- MODEL.bin TOKENIZER.bin FOLDER\n');
  process.exitCode = 2;
} else {
  writeLlamaFolder(checkpoint, tokenizer, folder);
  process.stdout.write(`Wrote config.json, model.safetensors, tokenizer.json and tokenizer_config.json to ${folder}\n`);
}
