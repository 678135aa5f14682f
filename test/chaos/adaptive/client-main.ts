import { DropsweepError } from '../../../src/base/errors.ts';
import { commandSweep } from '../../../src/store/commands.ts';
import { openStore, type Store } from '../../../src/store/database/open-store.ts';
import { createSweep } from '../../../src/store/plans/create-sweep.ts';
import { askForEver } from './asker.ts';
import { chaosPlan } from './chaos-sweep.ts';
import { type ClientOrder, refusedStatus, spentStatus } from './client-order.ts';

/*
 * A process that is told what to do by its argument, and which may be killed and frozen as any other: whoever started it
 * starts it again with the same order, until it is carried out or refused.
 */
const order: ClientOrder = JSON.parse(process.argv[2] ?? '');
const store = openStore(process.env['DATABASE_URL'] ?? '', { poolSize: 2 });
try {
  await carryOut(store, order);
  process.exit(0);
} catch (error) {
  console.error(order.kind, error);
  process.exit(error instanceof DropsweepError ? (error.code === 'USAGE' ? spentStatus : refusedStatus) : 1);
}

async function carryOut(record: Store, wanted: ClientOrder): Promise<void> {
  if (wanted.kind === 'ask') await askForEver(record, wanted.seed);
  else if (wanted.kind === 'command') await commandSweep(record, wanted.sweep, wanted.commandId, wanted.command);
  else {
    const plan = chaosPlan(wanted.sweep);
    const extend = wanted.sweep.extensions > 0;
    const { kind } = await createSweep(record, { plan, datasets: [], launchedBy: {}, extend, handOver: true });
    if (kind === 'conflict') throw new DropsweepError('SWEEP_NAME_TAKEN', `no extension of ${wanted.sweep.name}`);
  }
}
