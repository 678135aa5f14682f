import { DropsweepError } from '../../../base/errors.ts';
import type { CliContext } from '../../cli-context.ts';
import { steerSweep } from '../../steer-sweep.ts';

import type { SetFlags } from './set-verb.ts';

/** What a sweep file may say of priority: PostgreSQL's integers. */
const largestPriority = 2_147_483_647;

export async function setSweep(this: CliContext, { priority, parallelism }: SetFlags, sweep: string): Promise<void> {
  if (priority === undefined && parallelism === undefined) {
    throw new DropsweepError('USAGE', 'what is to be set is not said', { expected: '--priority or --parallelism' });
  }
  if (priority !== undefined && !(Number.isInteger(priority) && Math.abs(priority) <= largestPriority)) {
    throw new DropsweepError('USAGE', 'no priority', { got: String(priority), expected: 'a whole number' });
  }
  const unchanged = 'is as it was';
  if (priority !== undefined)
    await steerSweep(this, sweep, { kind: 'set_priority', priority }, [`priority ${priority}`, unchanged]);
  if (parallelism !== undefined)
    await steerSweep(this, sweep, { kind: 'set_parallelism', parallelism }, [`parallelism ${parallelism}`, unchanged]);
}
