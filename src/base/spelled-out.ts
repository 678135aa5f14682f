/** Characters that are not seen, or are taken for a space. */
const unseen = /[\p{Default_Ignorable_Code_Point}\p{Cf}]|[^\S \n\r\t]/gu;

/** Text with the code points of what a person does not see in it. */
export function spelledOut(text: string): string {
  const points = [...new Set(text.match(unseen))].map((sign) => sign.codePointAt(0) ?? 0);
  if (points.length === 0) return text;
  return `${text} (with ${points.map((point) => `U+${point.toString(16).toUpperCase().padStart(4, '0')}`).join(' ')})`;
}
