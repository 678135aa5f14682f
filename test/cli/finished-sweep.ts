import { randomUUID } from 'node:crypto';
import { createSweep } from '../../src/store/plans/create-sweep.ts';
import type { Store } from '../../src/store/database/open-store.ts';
import { PostgresWorkerLedger } from '../../src/store/segments/postgres-worker-ledger.ts';
import { numericsClass, outcomeOf, planOf } from '../store/record-under-test.ts';

/** Puts sweeps into a record: `s` and `finished`, which are worked off, and `t`, of which nothing is done. */
export async function finishedSweep(store: Store): Promise<void> {
  const ledger = new PostgresWorkerLedger(store);
  for (const name of ['s', 'finished']) {
    const plan = planOf(name, 3);
    const { sweepId } = await createSweep(store, { plan, datasets: [], launchedBy: { who: 'test' } });
    for (;;) {
      const claim = { sweepId, generation: 0, ordinal: 0, workerId: 'worker-1', numericsClass, storeId: 'store' };
      const result = await ledger.claim({
        ...claim,
        ...{ slotKey: randomUUID(), taskToken: new Uint8Array([1]), leaseMs: 60_000 },
      });
      if (result.kind !== 'claimed') break;
      for (const segment of result.bundle) await ledger.commit(segment.lease, outcomeOf(segment));
    }
  }
  await createSweep(store, { plan: planOf('t', 5), datasets: [], launchedBy: { who: 'test' } });
}
