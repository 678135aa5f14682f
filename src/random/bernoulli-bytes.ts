import { createCipheriv } from 'node:crypto';
import { streamDigest } from './stream-digest.ts';

/** Draws of kept and dropped elements, apart for each sample. */
export interface BernoulliBytes {
  /**
   * Writes 1 where u ≥ rate and 0 elsewhere, u being uniform in [0, 1) on a grid of 2⁻³² and a function of the draw's
   * name, the sample and the element's index alone: one u for every rate, and for every length of `into`.
   * @param sample in [0, 2³²)
   * @param rate in [0, 1)
   */
  draw(sample: number, rate: number, into: Uint8Array): void;
}

const blockBytes = 16;
const chunkBytes = 2 ** 16;
const zeros = new Uint8Array(chunkBytes);

/**
 * AES-128 of a counter, which is a generator like Philox (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3",
 * 2011, where it is called AESNI) and the one that processors compute: element-wise masks need tens of millions of draws
 * a pass. With block(c) = AES(key, sample · 2⁶⁴ + c), element i has u = b / 2⁸ + f / 2³², where b is byte i mod 16 of
 * block(⌊i / 16⌋) and f the first three bytes of block(2⁶³ + i), which decide only where b is the rate's own leading
 * byte: the one draw in 256 for which the second block is computed.
 */
export function bernoulliBytes(seed: number, name: string, ...keys: readonly (number | string)[]): BernoulliBytes {
  const key = streamDigest(seed, name, keys).subarray(0, blockBytes);
  return {
    draw(sample, rate, into) {
      const leading = Math.floor(rate * 256);
      const following = (rate * 256 - leading) * 2 ** 24;
      const cipher = createCipheriv('aes-128-ctr', key, firstBlock(sample));
      for (let start = 0; start < into.length; start += chunkBytes) {
        const part = into.subarray(start, start + chunkBytes);
        const equal = compareBytes(cipher.update(zeros.subarray(0, part.length)), leading, following === 0, part);
        if (equal.length === 0) continue;
        const further = furtherBlocks(sample, start, equal);
        const blocks = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false).update(further);
        equal.forEach((at, index) => {
          part[at] = blocks.readUIntBE(index * blockBytes, 3) >= following ? 1 : 0;
        });
      }
    },
  };
}

const words = new Uint32Array(chunkBytes / 4);
const wordBytes = new Uint8Array(words.buffer);
const difference = new Uint32Array(1);
const differenceBytes = new Uint8Array(difference.buffer);
const everySecondByte = 0x00ff00ff;
const carries = 0x01000100;

/**
 * Writes 1 where a byte is above `leading`, else 0: four bytes at once, each in a lane of 16 bits whose carry is the
 * answer. @param orEqual whether 1 is written where they are equal too @returns else where they are
 */
function compareBytes(bytes: Uint8Array, leading: number, orEqual: boolean, into: Uint8Array): readonly number[] {
  wordBytes.set(bytes);
  const toBeAbove = (0xff - leading) * 0x00010001;
  const toBeAtLeast = toBeAbove + 0x00010001;
  const equal: number[] = [];
  const count = Math.ceil(bytes.length / 4);
  for (let i = 0; i < count; i += 1) {
    const word = words[i] ?? 0;
    const even = word & everySecondByte;
    const odd = (word >>> 8) & everySecondByte;
    const atLeast = (((even + toBeAtLeast) & carries) >>> 8) | ((odd + toBeAtLeast) & carries);
    if (orEqual) {
      words[i] = atLeast;
      continue;
    }
    const above = (((even + toBeAbove) & carries) >>> 8) | ((odd + toBeAbove) & carries);
    words[i] = above;
    if (above === atLeast) continue;
    difference[0] = above ^ atLeast;
    for (let lane = 0; lane < 4; lane += 1) if (differenceBytes[lane] === 1) equal.push(4 * i + lane);
  }
  into.set(wordBytes.subarray(0, bytes.length));
  // Past the last byte lies what a longer part has left.
  while ((equal.at(-1) ?? 0) >= bytes.length) equal.pop();
  return equal;
}

/** Big-endian sample · 2⁶⁴ + 2⁶³ + start + place, a block for each. */
function furtherBlocks(sample: number, start: number, places: readonly number[]): Uint8Array {
  const blocks = new Uint8Array(places.length * blockBytes);
  const view = new DataView(blocks.buffer);
  for (let index = 0; index < places.length; index += 1) {
    view.setUint32(index * blockBytes + 4, sample);
    view.setUint32(index * blockBytes + 8, 2 ** 31);
    view.setUint32(index * blockBytes + 12, start + (places[index] ?? 0));
  }
  return blocks;
}

/** Big-endian sample · 2⁶⁴ */
function firstBlock(sample: number): Uint8Array {
  const block = new Uint8Array(blockBytes);
  new DataView(block.buffer).setUint32(4, sample);
  return block;
}
