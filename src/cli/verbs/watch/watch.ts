import { chooseSweep } from '../../choose-sweep.ts';
import type { CliContext } from '../../cli-context.ts';
import { followSweep } from '../../follow-sweep.ts';
import { withRecord } from '../../../launch/open-record.ts';

export interface WatchFlags {
  readonly readOnly: boolean;
  readonly mouse?: boolean;
}

export async function watch(this: CliContext, { readOnly, mouse }: WatchFlags, sweep?: string): Promise<void> {
  await withRecord(async (record) => {
    await followSweep(this, record, await chooseSweep(record.store, sweep), {
      readOnly,
      ...(mouse === undefined ? {} : { mouse }),
    });
  });
}
