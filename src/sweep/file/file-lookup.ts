import { dirname, extname, isAbsolute, resolve } from 'node:path';

/** How the parser looks at the disk: nothing but whether something is there, and what else is. */
export interface FileLookup {
  /** Folder that relative paths of the sweep file start from. */
  readonly folder: string;
  isFile(path: string): boolean;
  isFolder(path: string): boolean;
  /** Names of what is in a folder; absent: not known. */
  namesIn?(folder: string): readonly string[];
}

/** A path of the sweep file, seen from the sweep file's folder. */
export function absolute(path: string, lookup: FileLookup): string {
  return isAbsolute(path) ? path : resolve(lookup.folder, path);
}

const mostNames = 8;

/** That a file is not there, with those that are: of its kind where there are such. @param path an absolute one */
export function noFile(path: string, lookup: FileLookup): string {
  const folder = dirname(path);
  if (lookup.namesIn === undefined) return `there is no file ${path}`;
  if (!lookup.isFolder(folder)) return `there is no file ${path}, nor a folder ${folder}`;
  const names = lookup.namesIn(folder).filter((name) => !name.startsWith('.'));
  const alike = names.filter((name) => extname(name) === extname(path));
  const told = (alike.length === 0 ? names : alike).toSorted();
  const more = told.length > mostNames ? `, and ${told.length - mostNames} more` : '';
  return `there is no file ${path}; the folder has ${told.slice(0, mostNames).join(', ') || 'nothing'}${more}`;
}
