import type { CliContext } from '../../cli-context.ts';
import { steerSweep } from '../../steer-sweep.ts';

export async function drain(this: CliContext, _flags: Record<never, never>, sweep?: string): Promise<void> {
  await steerSweep(this, sweep, { kind: 'drain' }, [
    'draining: what was begun comes to its end, and nothing else begins',
    'is not running',
  ]);
}
