import type { CliContext } from '../../cli-context.ts';
import { steerSweep } from '../../cockpit/steer-sweep.ts';
import type { FormatFlags } from '../../verb-parameters.ts';

export async function cancel(this: CliContext, { format }: FormatFlags, sweep: string): Promise<void> {
  await steerSweep(this, format, sweep, {
    command: { kind: 'cancel' },
    done: 'cancelled; finished trainings stay',
    unchanged: 'has ended already',
  });
}
