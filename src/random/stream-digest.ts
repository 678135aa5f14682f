import { createHash } from 'node:crypto';

/**
 * SHA-256 over the length-prefixed parts of a draw's name: what tells all draws of the product apart. 32 bytes.
 * @param keys what tells this draw from others of its name, e.g. step, module, instance
 */
export function streamDigest(seed: number, name: string, keys: readonly (number | string)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of [seed, name, ...keys]) {
    const text = typeof part === 'number' ? `n${part}` : `s${part}`;
    hash.update(`${text.length}:${text};`);
  }
  return hash.digest();
}
