import type { YamlSection } from './yaml-section.ts';

/** Names that a sweep may have: they become part of file names, ids and command lines. */
export const sweepNamePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
export const sweepNameExpected =
  'letters, digits, dots, dashes and underscores, at most 64, beginning with a letter or digit';

export function readName(file: YamlSection): string | null {
  const name = file.text('name');
  if (!file.has('name')) file.missing('name', 'a name for the sweep');
  const field = name === null ? null : file.field('name');
  if (name === null || field === null || sweepNamePattern.test(name)) return name;
  file.wrong(field, sweepNameExpected);
  return null;
}
