import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
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
    throw new DropsweepError('USAGE', 'what would be written is no text', {
      where: '--out',
      expected: '--out FILE, or a pipe',
    });
  }
  sayBytes(context, content);
}

/** Text that comes by and by, as `writeOut`: as fast as it is taken. */
export async function writeOutInTurn(
  context: CliContext,
  texts: AsyncIterable<string>,
  out: string | undefined,
): Promise<void> {
  if (out !== undefined) return pipeline(texts, createWriteStream(out));
  const { stdout } = context.process;
  for await (const text of texts) {
    sayData(context, text);
    if (stdout.writableNeedDrain) await once(stdout, 'drain');
  }
}
