import { DropsweepError } from '../../base/errors.ts';
import type { Store } from '../../store/database/open-store.ts';
import { newestSweep } from '../../store/views/sweep-list.ts';

/** The sweep that was named, or else the newest. @throws DropsweepError SWEEP_NOT_FOUND when there is none at all */
export async function chooseSweep(store: Store, name: string | undefined): Promise<string> {
  if (name !== undefined) return name;
  const newest = await newestSweep(store);
  if (newest !== null) return newest;
  throw new DropsweepError('SWEEP_NOT_FOUND', 'there is no sweep in this database yet', {
    fix: 'dropsweep start for the quickstart, or dropsweep launch FILE',
  });
}
