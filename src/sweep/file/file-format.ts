import type { TaskFormat } from './task-section.ts';

/** End of a compressed file's name, after the extension of its format. */
const compressed = /\.(gz|zst)$/;

/** The format of a file by its name; undefined where the name does not tell. */
export function formatOf<Format extends TaskFormat>(path: string, formats: readonly Format[]): Format | undefined {
  const name = path.toLowerCase().replace(compressed, '');
  return formats.find(({ extension }) => name.endsWith(extension));
}
