import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { DropsweepError } from '../../base/errors.ts';

/** Why no tokenizer.json is made. */
export interface Refusal {
  readonly got?: unknown;
  readonly expected: string;
  readonly cause?: unknown;
}

/** The error of all files here: a tokenizer that only nearly is the published one would train on other ids. */
export function unsupportedTokenizer(where: string, { got, expected, cause }: Refusal): DropsweepError {
  return new DropsweepError('MODEL_UNSUPPORTED', 'no tokenizer.json can be made of the published tokenizer', {
    where,
    ...(got === undefined ? {} : { got }),
    expected,
    fix: 'save the tokenizer with transformers (save_pretrained) and put its tokenizer.json beside the weights',
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Whether the folder holds the file. */
export function isPublished(folder: string, name: string): boolean {
  return existsSync(join(folder, name));
}

/** @throws MODEL_UNSUPPORTED */
export function readBytes(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw unsupportedTokenizer(file, { expected: 'a file that can be read', cause: error });
  }
}

/** A file's text, a mark of byte order included. @throws MODEL_UNSUPPORTED where it is not UTF-8 */
export function readUtf8(file: string): string {
  const bytes = readBytes(file);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw unsupportedTokenizer(file, { expected: 'text in UTF-8', cause: error });
  }
}

/** @throws MODEL_UNSUPPORTED where it is no JSON, cut off for instance */
export function readJson(file: string): unknown {
  const text = readUtf8(file);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unsupportedTokenizer(file, { expected: 'JSON, whole', cause: error });
  }
}

/** A JSON file's content; of an empty object where the file is absent. @throws MODEL_UNSUPPORTED */
export function readOptionalJson<T>(folder: string, name: string, schema: z.ZodType<T>): T {
  const file = join(folder, name);
  const result = schema.safeParse(isPublished(folder, name) ? readJson(file) : {}, { reportInput: true });
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw unsupportedTokenizer(`${file} ${issue?.path.join('.') ?? ''}`.trim(), {
    got: issue?.input,
    expected: issue?.message ?? 'the fields that transformers writes',
  });
}
