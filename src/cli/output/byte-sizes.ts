import { DropsweepError } from '../../base/errors.ts';

const prefixes = ['', 'K', 'M', 'G', 'T'];

/** Bytes as `500MB` or `2.5 GiB` says. @throws USAGE */
export function parseBytes(text: string): number {
  const [, number, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*((?:[KMGT]i?)?)B?\s*$/i.exec(text) ?? [];
  if (number === undefined) {
    throw new DropsweepError('USAGE', 'not a size', { got: text, expected: 'bytes, or 500MB, 2GiB' });
  }
  const power = prefixes.indexOf(unit.slice(0, 1).toUpperCase());
  return Math.round(Number(number) * (unit.length === 2 ? 1_024 : 1_000) ** power);
}
