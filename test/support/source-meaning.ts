import { parseSync } from 'oxc-parser';
import { sha256 } from '../../src/base/sha256.ts';
import { readSourceFiles, type SourceFile } from '../architecture/source-files.ts';

/**
 * Files that some run, and those themselves.
 * @param folders where to look for what they import
 */
export function runFiles(starts: readonly string[], folders: readonly string[]): readonly SourceFile[] {
  const files = new Map(readSourceFiles(folders).map((file) => [file.path, file] as const));
  const met = new Set(starts);
  for (const path of met)
    for (const { file, typeOnly } of files.get(path)?.imports ?? [])
      if (file !== null && !typeOnly && files.has(file)) met.add(file);
  return [...met].sort().flatMap((path) => files.get(path) ?? []);
}

/** A hash of what files mean: comments, layout and the folders that they lie in are none of it. */
export function meaningOf(files: readonly SourceFile[]): string {
  const meanings = files.map(({ path, text }) => {
    const { program } = parseSync(path, text);
    return JSON.stringify({ ...program, comments: [] }, (name, value: unknown) => {
      if (name === 'start' || name === 'end') return undefined;
      return typeof value === 'string' && /^['"]?\.{1,2}\//.test(value) ? value.replace(/^.*\//, '') : value;
    });
  });
  return sha256(meanings.sort().join('\n')).slice(0, 16);
}
