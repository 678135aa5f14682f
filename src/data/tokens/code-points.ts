/** Part of a text, from one code point up to another, as SQuAD and tokenizers count. */
export function codePoints(text: string, start: number, end: number): string {
  return hasPairs(text) ? Array.from(text).slice(start, end).join('') : text.slice(start, end);
}

export function codePointCount(text: string): number {
  return hasPairs(text) ? Array.from(text).length : text.length;
}

/** Whether some code point takes two units of a string. */
function hasPairs(text: string): boolean {
  return /[\ud800-\udbff][\udc00-\udfff]/.test(text);
}
