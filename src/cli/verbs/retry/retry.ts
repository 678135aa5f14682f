import type { FormatFlags } from '../../verb-parameters.ts';
import { DropsweepError } from '../../../base/errors.ts';
import type { CliContext } from '../../cli-context.ts';
import { steerSweep } from '../../cockpit/steer-sweep.ts';

export interface RetryFlags extends FormatFlags {
  readonly failed: boolean;
}

export async function retry(this: CliContext, flags: RetryFlags, sweep?: string): Promise<void> {
  if (!flags.failed) {
    throw new DropsweepError('USAGE', 'what is to be tried again is not said', {
      expected: 'dropsweep retry --failed',
    });
  }
  await steerSweep(this, flags.format, sweep, {
    command: { kind: 'retry_failed' },
    done: 'failed trainings are tried again',
    unchanged: 'has no failed trainings',
  });
}
