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

/** Latin, Greek, dashes, arrows, lines, blocks and dots; no mark that combines and no sign that emoji are made of. */
function isNarrow(unit: number): boolean {
  return (
    (unit >= 0x20 && unit < 0x7f) ||
    (unit >= 0xb0 && unit < 0x300) ||
    (unit >= 0x391 && unit < 0x3ca) ||
    (unit >= 0x2010 && unit < 0x2028) ||
    (unit >= 0x2190 && unit < 0x2194) ||
    (unit >= 0x2500 && unit < 0x25a0) ||
    (unit >= 0x2800 && unit < 0x2900)
  );
}
