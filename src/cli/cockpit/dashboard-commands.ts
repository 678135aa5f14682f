import { randomUUID } from 'node:crypto';
import type { CloneTools } from '../../dashboard/steering/cloning.ts';
import type { DashboardCommand } from '../../dashboard/input/key-bindings.ts';
import { addClone, cloneFragment } from '../../launch/clone-trial.ts';
import type { OpenRecord } from '../../launch/open-record.ts';
import { wake } from '../../launch/wake.ts';
import { pinTraining } from '../../store/keeping/collect-checkpoints.ts';
import { commandSweep } from '../../store/commands.ts';
import { trainingsOfTrials } from '../../store/views/recorded-sweep.ts';
import type { Watched } from './dashboard-source.ts';
import { editText } from './edit-text.ts';

/** Does what the dashboard asks of the sweep that is watched. @returns whether that changed anything */
export async function carryOut(record: OpenRecord, { name }: Watched, command: DashboardCommand): Promise<boolean> {
  if (command.kind === 'pin') {
    const { trials, pinned } = command;
    for (const training of await trainingsOfTrials(record.store, name, trials))
      await pinTraining(record.store, training, pinned);
    record.store.announce();
    return true;
  }
  const { sweepId, changed } = await commandSweep(record.store, name, randomUUID(), command);
  await wake(record, sweepId);
  return changed;
}

/** Clones trials of the sweep that is watched, in the person's own editor. */
export function cloneTools(record: OpenRecord, watched: Watched, environment: NodeJS.ProcessEnv): CloneTools {
  return {
    fragment: (trial) => cloneFragment(record.store, watched.name, trial),
    edit: (text) => editText(text, 'trial.yaml', environment),
    add: (text) => addClone(record, watched.name, text),
  };
}
