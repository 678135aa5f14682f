import { extname } from 'node:path';
import { DropsweepError } from '../../../base/errors.ts';

interface NamedFormat {
  readonly name: string;
  readonly ending: string;
}

/**
 * As --format says, or else the ending of the file, or else the first.
 * @param what is written, for messages: `a figure`; and another way, for who meant something else
 * @throws USAGE where that is no format of it
 */
export function chosenFormat<const Formats extends readonly [NamedFormat, ...NamedFormat[]]>(
  { what, otherwise = '' }: { readonly what: string; readonly otherwise?: string },
  formats: Formats,
  { format, out }: { readonly format?: string; readonly out?: string },
): Formats[number] {
  const names = formats.map(({ name }) => name).join(' or ');
  if (format !== undefined) {
    const named = formats.find(({ name }) => name === format);
    if (named !== undefined) return named;
    throw new DropsweepError('USAGE', `${format} is no format of ${what}`, {
      where: '--format',
      expected: `${names}${otherwise}`,
    });
  }
  const ending = extname(out ?? '').toLowerCase();
  const ended = formats.find((one) => one.ending === ending);
  if (ended !== undefined) return ended;
  // An ending of letters means a format; a version, or none, does not.
  if (!/^\.[a-z]{2,5}$/.test(ending)) return formats[0];
  throw new DropsweepError('USAGE', `${what} cannot be written as ${ending}`, {
    where: '--out',
    expected: `a name that ends with ${formats.map((one) => one.ending).join(' or ')}`,
    fix: `or name the format with --format${otherwise}`,
  });
}
