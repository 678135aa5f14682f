import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { canonicalJson } from '../base/canonical-json.ts';
import { sha256 } from '../base/sha256.ts';
import { weightFilesOf } from '../formats/weight-files.ts';
import { readTokenizerSettings } from '../data/tokens/tokenizer-settings.ts';
import type { BaseModelReference } from '../sweep/vocabulary.ts';

/** The files of a model besides its weights. */
export const smallModelFiles = ['config.json', 'tokenizer.json'] as const;

/** Names of those that the folder lacks: of the small files, of the weights' one file or their shards. */
export async function missingFiles(folder: string): Promise<string[]> {
  const wanted = [...smallModelFiles, ...weightFilesOf(folder)];
  const present = await Promise.all(
    wanted.map((name) =>
      stat(join(folder, name)).then(
        (found) => found.isFile() && found.size > 0,
        () => false,
      ),
    ),
  );
  return wanted.filter((_, i) => !present[i]);
}

/** Hashes a folder that lacks nothing. */
export async function describeModel(
  reference: string,
  folder: string,
  sidecarFolder: string,
): Promise<BaseModelReference> {
  const hashes: Record<string, string> = { 'config.json': await fileSha256(join(folder, 'config.json')) };
  for (const name of weightFilesOf(folder)) hashes[name] = await keptSha256(join(folder, name), sidecarFolder);
  return {
    reference,
    folder,
    content_hash: sha256(canonicalJson(hashes)),
    tokenizer_hash: await tokenizerSha256(join(folder, 'tokenizer.json')),
  };
}

/** SHA-256 of tokenizer.json, with what tokenizer_config.json changes of it, where it does. */
export async function tokenizerSha256(file: string): Promise<string> {
  const { json, truncationSide, changed } = readTokenizerSettings(dirname(file));
  return changed ? sha256(canonicalJson({ json, truncationSide })) : fileSha256(file);
}

export async function fileSha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

interface Sidecar {
  readonly key: string;
  readonly sha256: string;
}

/** SHA-256 of a large file, kept in our cache for as long as the file's place, size and time stay. */
export async function keptSha256(file: string, sidecarFolder: string): Promise<string> {
  const { size, mtimeNs, ino } = await stat(file, { bigint: true });
  const key = `${file}:${size}:${mtimeNs}:${ino}`;
  const place = join(sidecarFolder, `${sha256(file).slice(0, 24)}.json`);
  const kept = await readFile(place, 'utf8').then(
    (text) => JSON.parse(text) as Sidecar,
    () => null,
  );
  if (kept?.key === key) return kept.sha256;
  const found: Sidecar = { key, sha256: await fileSha256(file) };
  await mkdir(dirname(place), { recursive: true });
  await writeFile(place, JSON.stringify(found));
  return found.sha256;
}
