import { chooseSweep } from '../../reading/choose-sweep.ts';
import type { CliContext } from '../../cli-context.ts';
import { followSweep } from '../../output/follow-sweep.ts';
import { readSweepMark } from '../../../store/views/sweep-list.ts';
import { withRecord } from '../../../launch/open-record.ts';

export interface WatchFlags {
  readonly readOnly: boolean;
  readonly mouse?: boolean;
}

export async function watch(this: CliContext, { readOnly, mouse }: WatchFlags, sweep?: string): Promise<void> {
  await withRecord(async (record) => {
    const name = await chooseSweep(record.store, sweep);
    // A sweep that is not there would be waited for, as a database that is away is.
    await readSweepMark(record.store, name);
    await followSweep(this, record, name, {
      readOnly,
      ...(mouse === undefined ? {} : { mouse }),
    });
  });
}
