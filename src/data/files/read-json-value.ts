import { dataInvalid } from '../raw-row.ts';

/** JSON's strings, numbers and marks, in their order. */
const tokens = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[{}[\],:]/g;
const longInteger = /\d{16}/;

/**
 * A JSON value, of which nothing is lost: a whole number that a double cannot hold is the text that stands there, and a
 * name that stands twice in an object is refused.
 * @throws DATA_INVALID, SyntaxError where it is not JSON
 */
export function readJsonValue(text: string, where: string): unknown {
  const value: unknown = JSON.parse(text);
  demandUniqueNames(text, where);
  if (!longInteger.test(text)) return value;
  return JSON.parse(text.replaceAll(tokens, (token) => (isLost(token) ? JSON.stringify(token) : token)));
}

function isLost(token: string): boolean {
  return /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token));
}

function demandUniqueNames(text: string, where: string): void {
  const open: (Set<string> | null)[] = [];
  let last = '';
  for (const [token] of text.matchAll(tokens)) {
    const names = open.at(-1);
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(null);
    else if (token === '}' || token === ']') open.pop();
    else if (token === ':' && names !== null && names !== undefined) {
      const name = String(JSON.parse(last));
      if (names.has(name)) {
        throw dataInvalid(where, 'an object has one name twice', {
          got: name,
          expected: 'each name once',
          fix: 'take one of the two out, or call it something else',
        });
      }
      names.add(name);
    }
    last = token;
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
