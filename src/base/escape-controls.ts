/**
 * Characters that may not reach a terminal from a label, a path or another program's message: control characters, which
 * move the cursor or worse, marks that turn the direction of text, and halves of surrogate pairs.
 */
const dangerous = /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]|\p{Cs}/gu;

/** Text as it may be written on a terminal: line breaks and tabs stay, other control characters show as `\u001b`. */
export function escapeControls(text: string): string {
  return text.replace(dangerous, (sign) =>
    sign === '\n' || sign === '\t' ? sign : `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
