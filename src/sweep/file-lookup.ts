import { isAbsolute, resolve } from 'node:path';

/** How the parser looks at the disk: nothing but whether something is there. */
export interface FileLookup {
  /** Folder that relative paths of the sweep file start from. */
  readonly folder: string;
  isFile(path: string): boolean;
  isFolder(path: string): boolean;
}

/** A path of the sweep file, seen from the sweep file's folder. */
export function absolute(path: string, lookup: FileLookup): string {
  return isAbsolute(path) ? path : resolve(lookup.folder, path);
}
