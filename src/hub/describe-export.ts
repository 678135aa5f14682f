import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { canonicalJson } from '../base/canonical-json.ts';
import { DropsweepError } from '../base/errors.ts';
import { besideModel } from '../base/model-place.ts';
import { sha256 } from '../base/sha256.ts';
import { readOnnxFile } from '../models/onnx-import/read-onnx-file.ts';
import type { BaseModelReference } from '../sweep/vocabulary.ts';
import { keptSha256, tokenizerSha256 } from './model-files.ts';

/**
 * An ONNX file as a base model, with the external files that hold its weights and the tokenizer.json beside it.
 * @throws MODEL_NOT_FOUND, ONNX_INVALID, MODEL_UNSUPPORTED
 */
export async function describeExport(reference: string, sidecarFolder: string): Promise<BaseModelReference> {
  const file = resolve(reference);
  const tokenizer = besideModel(file, 'tokenizer.json');
  for (const wanted of [file, tokenizer]) {
    const found = await stat(wanted).catch(() => null);
    if (found?.isFile() === true) continue;
    throw new DropsweepError('MODEL_NOT_FOUND', 'the base model lacks a file', {
      where: wanted,
      expected: 'the .onnx file, and its tokenizer.json in the same folder',
      fix: 'put the file there',
    });
  }
  const places = [...readOnnxFile(file).tensors.values()].flatMap(({ place }) =>
    place === null ? [] : [place.location],
  );
  const hashes: Record<string, string> = {};
  for (const name of new Set([basename(file), ...places])) {
    hashes[name] = await keptSha256(join(dirname(file), name), sidecarFolder);
  }
  return {
    reference,
    folder: file,
    content_hash: sha256(canonicalJson(hashes)),
    tokenizer_hash: await tokenizerSha256(tokenizer),
  };
}
