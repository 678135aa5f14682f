import type { CliContext } from '../../cli-context.ts';
import { steerSweep } from '../../steer-sweep.ts';

export async function pause(this: CliContext, _flags: Record<never, never>, sweep?: string): Promise<void> {
  await steerSweep(this, sweep, { kind: 'pause' }, [
    'pausing: what runs writes a checkpoint and frees its slot',
    'is not running',
  ]);
}
