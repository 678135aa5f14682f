import { accessSync, constants, copyFileSync, linkSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { sha256 } from '../base/sha256.ts';
import { weightFilesOf } from '../formats/weight-files.ts';

/**
 * Where graphs over a model's weights are written: the model's folder, or, where that cannot be written, a folder of
 * the cache that holds a hard link to the weights (a copy where the cache is another file system).
 */
export function folderForGraphs(modelFolder: string): string {
  try {
    accessSync(modelFolder, constants.W_OK);
    return modelFolder;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return linkedFolder(modelFolder);
  }
}

/** One folder per version of the weights: a file that was replaced under its name is linked anew. */
function linkedFolder(modelFolder: string): string {
  const files = weightFilesOf(modelFolder).map((name) => {
    const { ino, size, mtimeMs } = statSync(path.join(modelFolder, name));
    return { name, ino, size, mtimeMs };
  });
  const facts = files.map(({ name, ino, size, mtimeMs }) => [name, ino, size, mtimeMs].join(':'));
  const version = sha256([path.resolve(modelFolder), ...facts].join('\n')).slice(0, 24);
  const cache = process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache');
  const folder = path.join(cache, 'dropsweep', 'linked', version);
  mkdirSync(folder, { recursive: true });
  for (const { name, size } of files) {
    const target = path.join(folder, name);
    if (statSync(target, { throwIfNoEntry: false })?.size === size) continue;
    const temporary = `${target}.${process.pid}`;
    rmSync(temporary, { force: true });
    linkOrCopy(path.join(modelFolder, name), temporary);
    renameSync(temporary, target);
  }
  return folder;
}

function linkOrCopy(source: string, target: string): void {
  try {
    linkSync(source, target);
  } catch (error) {
    // EXDEV: another file system. EPERM, EACCES: links to files of others are refused. EMLINK: too many links.
    if (!isRefusal(error) && codeOf(error) !== 'EXDEV' && codeOf(error) !== 'EMLINK') throw error;
    copyFileSync(source, target);
  }
}

function isRefusal(error: unknown): boolean {
  return ['EACCES', 'EPERM', 'EROFS'].includes(codeOf(error));
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
