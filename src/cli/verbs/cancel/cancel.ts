import type { CliContext } from '../../cli-context.ts';
import { steerSweep } from '../../steer-sweep.ts';

export async function cancel(this: CliContext, _flags: Record<never, never>, sweep: string): Promise<void> {
  await steerSweep(this, sweep, { kind: 'cancel' }, ['cancelled; finished trainings stay', 'has ended already']);
}
