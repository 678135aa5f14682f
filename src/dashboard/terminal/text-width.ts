import stringWidth from 'string-width';

const ascii = /^[ -~]*$/;

/** Columns of a text on a terminal that draws signs of ambiguous width one column wide. */
export function textWidth(text: string): number {
  if (ascii.test(text)) return text.length;
  // What frames are made of beside ASCII lies here, and is one column wide for sure; of all else the library knows.
  for (let index = 0; index < text.length; index += 1) {
    if (!isNarrow(text.charCodeAt(index))) return stringWidth(text);
  }
  return text.length;
}

/** Geometric shapes that emoji are made of. */
const emojiShapes: ReadonlySet<number> = new Set([0x25aa, 0x25ab, 0x25b6, 0x25c0]);

/**
 * Latin, Greek, dashes, arrows, operators, lines, blocks, shapes and dots; no mark that combines and no sign that emoji
 * are made of.
 */
function isNarrow(unit: number): boolean {
  return (
    (unit >= 0x20 && unit < 0x7f) ||
    (unit >= 0xb0 && unit < 0x300) ||
    (unit >= 0x391 && unit < 0x3ca) ||
    (unit >= 0x2010 && unit < 0x2028) ||
    (unit >= 0x2190 && unit < 0x2194) ||
    (unit >= 0x2200 && unit < 0x2300) ||
    (unit >= 0x2500 && unit < 0x25fb && !emojiShapes.has(unit)) ||
    unit === 0x271a ||
    unit === 0x2731 ||
    (unit >= 0x2800 && unit < 0x2900)
  );
}
