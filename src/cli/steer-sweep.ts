import { randomUUID } from 'node:crypto';
import { commandSweep, type SweepCommand } from '../store/commands.ts';
import { chooseSweep } from './choose-sweep.ts';
import { type CliContext, say } from './cli-context.ts';
import { withRecord } from '../launch/open-record.ts';
import { wake } from '../launch/wake.ts';

/** Records one command about a sweep, wakes what carries it out, and says which of the two sentences holds. */
export async function steerSweep(
  context: CliContext,
  sweep: string | undefined,
  command: SweepCommand,
  [done, unchanged]: readonly [string, string],
): Promise<void> {
  await withRecord(async (record) => {
    const name = await chooseSweep(record.store, sweep);
    const { sweepId, changed } = await commandSweep(record.store, name, randomUUID(), command);
    if (changed) await wake(record, sweepId);
    say(context, changed ? `${name}: ${done}` : `${name} ${unchanged}`);
  });
}
