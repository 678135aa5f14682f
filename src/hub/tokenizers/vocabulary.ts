import { unsupportedTokenizer } from './published-files.ts';

/**
 * Ids by piece, from 0 to their number − 1, each once.
 * @throws MODEL_UNSUPPORTED naming the first piece or id that is not so
 */
export function demandVocabulary(
  file: string,
  entries: readonly (readonly [piece: string, id: unknown])[],
): ReadonlyMap<string, number> {
  const vocabulary = new Map<string, number>();
  const pieces = new Map<number, string>();
  const refuse = (got: string, expected: string) => unsupportedTokenizer(file, { got, expected });
  for (const [piece, id] of entries) {
    const shown = JSON.stringify(piece);
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 0 || id >= entries.length) {
      throw refuse(`id ${JSON.stringify(id)} for ${shown}`, `ids from 0 to ${entries.length - 1} without a hole`);
    }
    if (piece === '') throw refuse(`an empty piece with id ${id}`, 'pieces of at least one character');
    if (vocabulary.has(piece)) throw refuse(`${shown} with ids ${vocabulary.get(piece)} and ${id}`, 'each piece once');
    const other = pieces.get(id);
    if (other !== undefined) throw refuse(`id ${id} for ${JSON.stringify(other)} and ${shown}`, 'each id once');
    vocabulary.set(piece, id);
    pieces.set(id, piece);
  }
  if (vocabulary.size === 0) throw refuse('no pieces', 'a vocabulary');
  return vocabulary;
}
