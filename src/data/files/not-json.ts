import type { DropsweepError } from '../../base/errors.ts';
import { dataInvalid } from '../raw-row.ts';

interface NotJsonFacts {
  readonly expected: string;
  readonly fix: string;
  readonly cause: SyntaxError;
}

/** A file that is no JSON, with the line where it ceases to be. */
export function notJson(path: string, text: string, { expected, fix, cause }: NotJsonFacts): DropsweepError {
  const at = jsonFault(text);
  if (at === null) return dataInvalid(path, 'a data file is not JSON', { got: cause.message, expected, fix, cause });
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  const end = at >= text.length;
  const rest = text.slice(before.lastIndexOf('\n') + 1).split('\n')[0] ?? '';
  const number = /^(NaN|[-+]?Infinity)\b/.exec(text.slice(at, at + 9))?.[0];
  return dataInvalid(`${path}:${line}`, 'a data file is not JSON', {
    got: end ? 'the end of the file, within a value' : `${text.slice(at, at + 20).trim()}, in ${rest.slice(0, 80)}`,
    expected,
    fix: number === undefined ? fix : `${number} is nothing to JSON: give the row a number, or take it out`,
    cause,
  });
}

const token =
  /\s*(?:("[ !#-[\]-\uffff]*(?:\\.[ !#-[\]-\uffff]*)*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.])|([{}[\],:]))/y;

/** What may stand at a place: a value, a name and so on; `first` right behind a bracket, which may be closed at once. */
type Awaited = 'value' | 'first value' | 'name' | 'first name' | 'colon' | 'comma' | 'end';

/** Where a text ceases to be JSON: the first token that cannot stand there. Null: nowhere that is seen by its tokens. */
export function jsonFault(text: string): number | null {
  const open: ('{' | '[')[] = [];
  let awaited: Awaited = 'value';
  token.lastIndex = 0;
  for (;;) {
    const before = token.lastIndex;
    const match = token.exec(text);
    if (match === null) {
      const at = before + (/^\s*/.exec(text.slice(before))?.[0].length ?? 0);
      return awaited === 'end' && at >= text.length ? null : at;
    }
    const next = follow(awaited, match, open);
    if (next === null) return token.lastIndex - match[0].trimStart().length;
    awaited = next;
  }
}

/** What is awaited behind a token; null: it may not stand there. */
function follow(awaited: Awaited, match: RegExpExecArray, open: ('{' | '[')[]): Awaited | null {
  const [, string, scalar, mark] = match;
  const behindValue = () => (open.length === 0 ? 'end' : 'comma');
  const isValue = awaited === 'value' || awaited === 'first value';
  const isName = awaited === 'name' || awaited === 'first name';
  if (string !== undefined && isName) return 'colon';
  if (string !== undefined || scalar !== undefined) return isValue ? behindValue() : null;
  if (mark === '{' || mark === '[') {
    if (!isValue) return null;
    open.push(mark);
    return mark === '{' ? 'first name' : 'first value';
  }
  if (mark === ':') return awaited === 'colon' ? 'value' : null;
  if (mark === ',') {
    if (awaited !== 'comma') return null;
    return open.at(-1) === '{' ? 'name' : 'value';
  }
  const closed = mark === '}' ? '{' : '[';
  const mayClose = awaited === 'comma' || awaited === (mark === '}' ? 'first name' : 'first value');
  if (!mayClose || open.pop() !== closed) return null;
  return behindValue();
}
