import { philox4x32 } from './philox.ts';
import { streamDigest } from './stream-digest.ts';

const UNIT_24 = 2 ** -24;

/**
 * A named source of random numbers: the same (seed, name, keys) is the same sequence everywhere, and no other
 * stream's draws change it. Successive calls go on where the last one ended; open the stream anew to start over.
 */
export interface RandomStream {
  /** [count] float32 in [0, 1): the upper 24 bits of each word, so every value is exact. */
  uniforms(count: number): Float32Array;
  /** [count] float64 of the standard normal distribution (Box–Muller on 53-bit uniforms). */
  normals(count: number): Float64Array;
  /** [count] integers in [0, bound), without modulo bias; bound in [1, 2^32]. */
  integers(count: number, bound: number): Uint32Array;
  /** [count] the integers 0 … count − 1, shuffled (Fisher–Yates). */
  permutation(count: number): Uint32Array;
}

/**
 * Opens the stream of a seed and a name. SHA-256 over the length-prefixed parts gives Philox's 64-bit key and the
 * upper half of its counter; the lower half counts blocks.
 * @param keys what tells this draw from others of its name, e.g. step, module, instance
 */
export function stream(seed: number, name: string, ...keys: readonly (number | string)[]): RandomStream {
  const digest = streamDigest(seed, name, keys);
  const key = Uint32Array.of(digest.readUInt32LE(0), digest.readUInt32LE(4));
  return new PhiloxStream(key, Uint32Array.of(0, 0, digest.readUInt32LE(8), digest.readUInt32LE(12)));
}

class PhiloxStream implements RandomStream {
  private readonly block = new Uint32Array(4);
  private used = 4;
  private readonly key: Uint32Array;
  private readonly counter: Uint32Array;

  constructor(key: Uint32Array, counter: Uint32Array) {
    this.key = key;
    this.counter = counter;
  }

  private word(): number {
    if (this.used === 4) {
      philox4x32(this.counter, this.key, this.block, 0);
      const low = ((this.counter[0] ?? 0) + 1) >>> 0;
      this.counter[0] = low;
      if (low === 0) this.counter[1] = (this.counter[1] ?? 0) + 1;
      this.used = 0;
    }
    const word = this.block[this.used] ?? 0;
    this.used += 1;
    return word;
  }

  uniforms(count: number): Float32Array {
    const out = new Float32Array(count);
    for (let i = 0; i < count; i += 1) out[i] = (this.word() >>> 8) * UNIT_24;
    return out;
  }

  normals(count: number): Float64Array {
    const out = new Float64Array(count);
    for (let i = 0; i < count; i += 2) {
      // 1 − u lies in (0, 1]: its logarithm is finite.
      const radius = Math.sqrt(-2 * Math.log(1 - this.uniform53()));
      const angle = 2 * Math.PI * this.uniform53();
      out[i] = radius * Math.cos(angle);
      if (i + 1 < count) out[i + 1] = radius * Math.sin(angle);
    }
    return out;
  }

  private uniform53(): number {
    const high = this.word() >>> 5;
    const low = this.word() >>> 6;
    return (high * 2 ** 26 + low) * 2 ** -53;
  }

  integers(count: number, bound: number): Uint32Array {
    const out = new Uint32Array(count);
    for (let i = 0; i < count; i += 1) out[i] = this.integer(bound);
    return out;
  }

  private integer(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > 2 ** 32) throw new RangeError(`no integers below ${bound}`);
    const limit = 2 ** 32 - (2 ** 32 % bound);
    let word = this.word();
    while (word >= limit) word = this.word();
    return word % bound;
  }

  permutation(count: number): Uint32Array {
    const out = Uint32Array.from({ length: count }, (_, i) => i);
    for (let last = count - 1; last > 0; last -= 1) {
      const other = this.integer(last + 1);
      const held = out[last] ?? 0;
      out[last] = out[other] ?? 0;
      out[other] = held;
    }
    return out;
  }
}
