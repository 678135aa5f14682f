import type { CliContext } from '../../cli-context.ts';
import { steerSweep } from '../../cockpit/steer-sweep.ts';
import type { FormatFlags } from '../../verb-parameters.ts';

export async function drain(this: CliContext, { format }: FormatFlags, sweep?: string): Promise<void> {
  await steerSweep(this, format, sweep, {
    command: { kind: 'drain' },
    done: 'draining: what was begun comes to its end, and nothing else begins',
    unchanged: 'is not running',
  });
}
