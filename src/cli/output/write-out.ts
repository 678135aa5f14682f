import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { DropsweepError } from '../../base/errors.ts';
import { type CliContext, sayBytes, sayPart } from '../cli-context.ts';

type Content = string | Uint8Array;

/** Into a file, or on the standard output. @throws USAGE where bytes would go to a terminal */
export async function writeOut(context: CliContext, content: Content, out: string | undefined): Promise<void> {
  if (out !== undefined) await writeFile(out, content);
  else write(context, typeof content !== 'string' || content.endsWith('\n') ? content : `${content}\n`);
}

/** Content that comes by and by, as `writeOut`: as fast as it is taken. */
export async function writeOutInTurn(
  context: CliContext,
  parts: AsyncIterable<Content>,
  out: string | undefined,
): Promise<void> {
  if (out !== undefined) return pipeline(parts, createWriteStream(out));
  const { stdout } = context.process;
  for await (const part of parts) {
    write(context, part);
    if (stdout.writableNeedDrain) await once(stdout, 'drain');
  }
}

function write(context: CliContext, content: Content): void {
  if (typeof content === 'string') return sayPart(context, content);
  if (context.process.stdout.isTTY) {
    throw new DropsweepError('USAGE', 'what would be written is no text', {
      where: '--out',
      expected: '--out FILE, or a pipe',
    });
  }
  sayBytes(context, content);
}
