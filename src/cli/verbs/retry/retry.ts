import { DropsweepError } from '../../../base/errors.ts';
import type { CliContext } from '../../cli-context.ts';
import { steerSweep } from '../../steer-sweep.ts';

export async function retry(this: CliContext, flags: { readonly failed: boolean }, sweep?: string): Promise<void> {
  if (!flags.failed) {
    throw new DropsweepError('USAGE', 'what is to be tried again is not said', {
      expected: 'dropsweep retry --failed',
    });
  }
  await steerSweep(this, sweep, { kind: 'retry_failed' }, [
    'failed trainings are tried again',
    'has no failed trainings',
  ]);
}
