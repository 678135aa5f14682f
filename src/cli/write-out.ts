import { writeFile } from 'node:fs/promises';
import { DropsweepError } from '../base/errors.ts';
import { type CliContext, sayBytes, sayData } from './cli-context.ts';

/** Into a file, or on the standard output. @throws USAGE where bytes would go to a terminal */
export async function writeOut(
  context: CliContext,
  content: string | Uint8Array,
  out: string | undefined,
): Promise<void> {
  if (out !== undefined) return writeFile(out, content);
  if (typeof content === 'string') return sayData(context, content);
  if (context.process.stdout.isTTY) {
    throw new DropsweepError('USAGE', 'Parquet is no text', { where: '--out', expected: '--out FILE, or a pipe' });
  }
  sayBytes(context, content);
}
