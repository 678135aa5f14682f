import { randomUUID } from 'node:crypto';
import { DropsweepError } from '../../base/errors.ts';
import { commandSweep, type SweepCommand } from '../../store/commands.ts';
import { chooseSweep } from '../choose-sweep.ts';
import { type CliContext, say } from '../cli-context.ts';
import { withRecord } from '../../launch/open-record.ts';
import { wake } from '../../launch/wake.ts';

type NoFlags = Record<never, never>;

export async function pause(this: CliContext, _flags: NoFlags, sweep?: string): Promise<void> {
  await steer(this, sweep, { kind: 'pause' }, [
    'pausing: what runs writes a checkpoint and frees its slot',
    'is not running',
  ]);
}

export async function cancel(this: CliContext, _flags: NoFlags, sweep: string): Promise<void> {
  await steer(this, sweep, { kind: 'cancel' }, ['cancelled; finished trainings stay', 'has ended already']);
}

export async function retry(this: CliContext, flags: { readonly failed: boolean }, sweep?: string): Promise<void> {
  if (!flags.failed) {
    throw new DropsweepError('USAGE', 'what is to be tried again is not said', {
      expected: 'dropsweep retry --failed',
    });
  }
  await steer(this, sweep, { kind: 'retry_failed' }, ['failed trainings are tried again', 'has no failed trainings']);
}

async function steer(
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
