import { describeSweepData } from '../../../launch/describe-sweep-data.ts';
import { readSweepFile } from '../../../launch/read-sweep-file.ts';
import { type CliContext, note, say } from '../../cli-context.ts';

export async function data(this: CliContext, _flags: Record<never, never>, file: string): Promise<void> {
  const lines = await describeSweepData(readSweepFile(file), process.env, (text) => note(this, text));
  say(this, lines.join('\n'));
}
