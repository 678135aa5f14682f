import { expect, test } from 'vitest';
import { philox4x32 } from '../../src/random/philox.ts';

// Random123's kat_vectors file, lines "philox4x32 10".
const knownAnswers: readonly [string, string, string][] = [
  ['00000000 00000000 00000000 00000000', '00000000 00000000', '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
  ['ffffffff ffffffff ffffffff ffffffff', 'ffffffff ffffffff', '408f276d 41c83b0e a20bc7c6 6d5451fd'],
  ['243f6a88 85a308d3 13198a2e 03707344', 'a4093822 299f31d0', 'd16cfe09 94fdcceb 5001e420 24126ea1'],
];

const words = (text: string): Uint32Array => Uint32Array.from(text.split(' '), (word) => Number.parseInt(word, 16));

test.each(knownAnswers)('Philox4x32-10 of counter %s under key %s is the known answer', (counter, key, answer) => {
  const out = new Uint32Array(4);
  philox4x32(words(counter), words(key), out, 0);
  expect(out).toEqual(words(answer));
});
