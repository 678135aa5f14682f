/** Text with the minus sign before its negative numbers, where a hyphen was written; dates, exponents and names stay. */
export function withMinusSigns(text: string): string {
  return text.replaceAll(/(?<![\w.-])-(?=\d)/g, '−');
}
