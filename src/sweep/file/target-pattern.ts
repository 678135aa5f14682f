/**
 * The regular expression that a target written as /…/ stands for; null where it is written otherwise.
 * @throws SyntaxError where it is none
 */
export function targetPattern(target: string): RegExp | null {
  const written = /^\/(.+)\/$/.exec(target)?.[1];
  return written === undefined ? null : new RegExp(written, 'u');
}
