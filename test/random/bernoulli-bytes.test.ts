import { createCipheriv } from 'node:crypto';
import { expect, test } from 'vitest';
import { bernoulliBytes } from '../../src/random/bernoulli-bytes.ts';
import { streamDigest } from '../../src/random/stream-digest.ts';

const name = ['lora_dropout', 3, 'layer.0.query', 1] as const;
const [kind, ...keys] = name;

function draw(sample: number, rate: number, count: number): Uint8Array {
  const into = new Uint8Array(count);
  bernoulliBytes(7, kind, ...keys).draw(sample, rate, into);
  return into;
}

/** The definition, one block of AES for each half of each uniform. */
function uniform(sample: number, element: number): number {
  const key = streamDigest(7, kind, keys).subarray(0, 16);
  const block = (counter: bigint): Buffer => {
    const plain = Buffer.from(((BigInt(sample) << 64n) + counter).toString(16).padStart(32, '0'), 'hex');
    return createCipheriv('aes-128-ecb', key, null).setAutoPadding(false).update(plain);
  };
  const leading = block(BigInt(Math.floor(element / 16)))[element % 16] ?? 0;
  return leading / 2 ** 8 + block(2n ** 63n + BigInt(element)).readUIntBE(0, 3) / 2 ** 32;
}

test('every element is kept where its uniform by the definition is at least the rate', () => {
  const count = 1_537;
  const uniforms = Array.from({ length: count }, (_, element) => uniform(40, element));
  // Rates between two bytes, on one, and just beside uniforms, where their last bits decide.
  const beside = uniforms.slice(0, 40).flatMap((u) => [u, u + 2 ** -32, u - 2 ** -32]);
  for (const rate of [0, 0.1, 0.25, 1 / 3, 0.5, 0.999, 2 ** -20, ...beside.filter((u) => u >= 0 && u < 1)]) {
    expect(draw(40, rate, count), String(rate)).toEqual(Uint8Array.from(uniforms, (u) => (u >= rate ? 1 : 0)));
  }
});

test('a longer draw begins with a shorter one, beyond a chunk of 65,536 too', () => {
  const long = draw(2, 0.3, 150_001);
  for (const count of [1, 2, 3, 4, 63, 65_535, 65_537, 150_000])
    expect(draw(2, 0.3, count)).toEqual(long.slice(0, count));
});

test('what a lower rate drops, a higher one drops too, and the share that is kept is 1 − rate', () => {
  const count = 200_000;
  const rates = [0.02, 0.1, 0.3, 0.302, 0.5, 0.9];
  const drawn = rates.map((rate) => draw(0, rate, count));
  for (const [index, kept] of drawn.entries()) {
    const rate = rates[index] ?? 0;
    const share = kept.reduce((sum, one) => sum + one, 0) / count;
    // Five standard errors.
    expect(Math.abs(share - (1 - rate))).toBeLessThan(5 * Math.sqrt((rate * (1 - rate)) / count));
    expect(kept.every((one, element) => one <= (drawn[index - 1]?.[element] ?? 1))).toBe(true);
  }
});

test('samples, steps, places, instances and seeds have draws of their own', () => {
  const sources = [
    bernoulliBytes(7, 'lora_dropout', 3, 'a', 1),
    bernoulliBytes(8, 'lora_dropout', 3, 'a', 1),
    bernoulliBytes(7, 'hidden_dropout', 3, 'a', 1),
    bernoulliBytes(7, 'lora_dropout', 4, 'a', 1),
    bernoulliBytes(7, 'lora_dropout', 3, 'b', 1),
    bernoulliBytes(7, 'lora_dropout', 3, 'a', 2),
  ];
  const drawn = [0, 1, 2 ** 31 + 1].flatMap((sample) =>
    sources.map((source) => {
      const into = new Uint8Array(64);
      source.draw(sample, 0.5, into);
      return into.join('');
    }),
  );
  expect(new Set(drawn).size).toBe(drawn.length);
});
