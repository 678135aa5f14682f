import type { CliContext } from '../../cli-context.ts';
import { steerSweep } from '../../steer-sweep.ts';
import { readAssignments } from './read-assignments.ts';
import type { SetFlags } from './set-verb.ts';

export async function setSweep(this: CliContext, flags: SetFlags, ...words: string[]): Promise<void> {
  const [sweep, ...assignments] = words;
  const { priority, parallelism, budget } = readAssignments(assignments, flags);
  const unchanged = 'is as it was';
  // What may be refused comes first.
  if (Object.keys(budget).length > 0) {
    const said = Object.entries(budget).map(([name, value]) => `${name} ${value ?? 'without a limit'}`);
    await steerSweep(this, sweep, { kind: 'set_budget', changes: budget }, [
      `budget: ${said.join(', ')}`,
      'has ended: its budget is as it was',
    ]);
  }
  if (priority !== undefined)
    await steerSweep(this, sweep, { kind: 'set_priority', priority }, [`priority ${priority}`, unchanged]);
  if (parallelism !== undefined)
    await steerSweep(this, sweep, { kind: 'set_parallelism', parallelism }, [`parallelism ${parallelism}`, unchanged]);
}
