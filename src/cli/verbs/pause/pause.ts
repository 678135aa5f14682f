import type { CliContext } from '../../cli-context.ts';
import { steerSweep } from '../../cockpit/steer-sweep.ts';
import type { FormatFlags } from '../../verb-parameters.ts';

export async function pause(this: CliContext, { format }: FormatFlags, sweep?: string): Promise<void> {
  await steerSweep(this, format, sweep, {
    command: { kind: 'pause' },
    done: 'pausing: what runs writes a checkpoint and frees its slot',
    unchanged: 'is not running',
  });
}
