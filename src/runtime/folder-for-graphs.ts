import { mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { linkOrCopy } from '../base/link-or-copy.ts';
import { sha256 } from '../base/sha256.ts';

/**
 * Where graphs over a model's weights are written: a folder of our cache that holds hard links to the weights, or copies
 * where the cache is another file system. The model's own folder stays as it was (and onnxruntime refuses to follow
 * symbolic links, as in Hugging Face's cache, out of a graph's folder). One folder per version of the weights: a file
 * that was replaced under its name is linked anew.
 * @param files names of the files that the weights lie in
 */
export function folderForGraphs(modelFolder: string, files: readonly string[]): string {
  const found = files.map((name) => {
    const { ino, size, mtimeMs } = statSync(path.join(modelFolder, name));
    return { name, ino, size, mtimeMs };
  });
  const facts = found.map(({ name, ino, size, mtimeMs }) => [name, ino, size, mtimeMs].join(':'));
  const version = sha256([path.resolve(modelFolder), ...facts].join('\n')).slice(0, 24);
  const wanted = process.env['XDG_CACHE_HOME'] ?? '';
  const cache = wanted === '' ? path.join(homedir(), '.cache') : wanted;
  const folder = path.join(cache, 'dropsweep', 'linked', version);
  mkdirSync(folder, { recursive: true });
  for (const { name, size } of found) {
    const target = path.join(folder, name);
    if (statSync(target, { throwIfNoEntry: false })?.size === size) continue;
    mkdirSync(path.dirname(target), { recursive: true });
    const temporary = `${target}.${process.pid}`;
    rmSync(temporary, { force: true });
    linkOrCopy(path.join(modelFolder, name), temporary);
    renameSync(temporary, target);
    // Where another process has made the same link meanwhile, renaming does nothing.
    rmSync(temporary, { force: true });
  }
  return folder;
}
