import stringWidth from 'string-width';
import { expect, it } from 'vitest';
import { textWidth } from '../../src/dashboard/terminal/text-width.ts';

it('is what the library says, of every sign of frames alone and after a letter', () => {
  const other = Array.from({ length: 0x3000 - 0x20 }, (_, index) => String.fromCodePoint(0x20 + index)).filter(
    // Signs that combine and those that are not drawn have no width, or the one of what they stand on.
    (sign) => textWidth(sign) !== stringWidth(sign) || textWidth(`a${sign}`) !== stringWidth(`a${sign}`),
  );
  expect(other).toEqual([]);
});
