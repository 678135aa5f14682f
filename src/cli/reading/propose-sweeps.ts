import { sweepNames } from '../../store/views/sweep-list.ts';
import { DropsweepError } from '../../base/errors.ts';
import { withRecord } from '../../launch/open-record.ts';

/** The names of the sweeps, for a shell's completion; none where no database can be read. */
export async function proposeSweeps(): Promise<readonly string[]> {
  try {
    return await withRecord(({ store }) => sweepNames(store));
  } catch (error) {
    if (error instanceof DropsweepError) return [];
    throw error;
  }
}
