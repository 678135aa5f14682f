import { copyFile, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { besideModel } from '../../base/model-place.ts';
import { tokenizerCompanions } from '../../hub/choose-files.ts';

const configuration = 'tokenizer_config.json';

/**
 * Copies what a base's tokenizer consists of, as far as it is there, so that AutoTokenizer opens the folder and gives
 * the base's ids. Private paths that transformers noted down in its configuration are left out.
 * @returns names of the files written
 */
export async function copyTokenizer(place: string, folder: string): Promise<readonly string[]> {
  const copied: string[] = [];
  for (const name of ['tokenizer.json', ...tokenizerCompanions]) {
    if (name === configuration) continue;
    const from = besideModel(place, name);
    if (!(await isFile(from))) continue;
    await copyFile(from, join(folder, name));
    copied.push(name);
  }
  const from = besideModel(place, configuration);
  if (!(await isFile(from))) return copied;
  const { name_or_path: _, ...kept } = JSON.parse(await readFile(from, 'utf8')) as Record<string, unknown>;
  await writeFile(join(folder, configuration), `${JSON.stringify(kept, null, 2)}\n`);
  return [...copied, configuration];
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
