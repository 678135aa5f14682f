import { accessSync, constants, lstatSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { errorCodeOf, linkOrCopy } from '../base/link-or-copy.ts';
import { sha256 } from '../base/sha256.ts';

/**
 * Where graphs over a model's weights are written: the model's folder, or, where that cannot be written or its files are
 * symbolic links (as in Hugging Face's cache; onnxruntime refuses to follow them out of the folder), a folder of our
 * cache that holds hard links to the weights, or copies where the cache is another file system.
 * @param files names of the files that the weights lie in
 */
export function folderForGraphs(modelFolder: string, files: readonly string[]): string {
  const isReal = (name: string) => !lstatSync(path.join(modelFolder, name)).isSymbolicLink();
  return canWrite(modelFolder) && files.every(isReal) ? modelFolder : linkedFolder(modelFolder, files);
}

function canWrite(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch (error) {
    if (['EACCES', 'EPERM', 'EROFS'].includes(errorCodeOf(error))) return false;
    throw error;
  }
}

/** One folder per version of the weights: a file that was replaced under its name is linked anew. */
function linkedFolder(modelFolder: string, files: readonly string[]): string {
  const found = files.map((name) => {
    const { ino, size, mtimeMs } = statSync(path.join(modelFolder, name));
    return { name, ino, size, mtimeMs };
  });
  const facts = found.map(({ name, ino, size, mtimeMs }) => [name, ino, size, mtimeMs].join(':'));
  const version = sha256([path.resolve(modelFolder), ...facts].join('\n')).slice(0, 24);
  const cache = process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache');
  const folder = path.join(cache, 'dropsweep', 'linked', version);
  mkdirSync(folder, { recursive: true });
  for (const { name, size } of found) {
    const target = path.join(folder, name);
    if (statSync(target, { throwIfNoEntry: false })?.size === size) continue;
    const temporary = `${target}.${process.pid}`;
    rmSync(temporary, { force: true });
    linkOrCopy(path.join(modelFolder, name), temporary);
    renameSync(temporary, target);
  }
  return folder;
}
