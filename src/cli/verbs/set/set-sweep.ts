import type { SetFlags } from './read-assignments.ts';
import type { FormatFlags } from '../../verb-parameters.ts';
import { present } from '../../../base/defect.ts';
import type { CliContext } from '../../cli-context.ts';
import { type Steering, steerSweep } from '../../cockpit/steer-sweep.ts';
import { readAssignments } from './read-assignments.ts';

export interface SetVerbFlags extends SetFlags, FormatFlags {}

export async function setSweep(this: CliContext, flags: SetVerbFlags, ...words: string[]): Promise<void> {
  const [sweep, ...assignments] = words;
  const { priority, parallelism, budget } = readAssignments(assignments, flags);
  const unchanged = 'is as it was';
  const said = Object.entries(budget).map(([name, value]) => `${name} ${value ?? 'without a limit'}`);
  // What may be refused comes first.
  const [first, ...others]: readonly Steering[] = [
    ...(said.length === 0
      ? []
      : [
          {
            command: { kind: 'set_budget', changes: budget } as const,
            done: `budget: ${said.join(', ')}`,
            unchanged: 'has ended: its budget is as it was',
          },
        ]),
    ...(priority === undefined
      ? []
      : [{ command: { kind: 'set_priority', priority } as const, done: `priority ${priority}`, unchanged }]),
    ...(parallelism === undefined
      ? []
      : [
          { command: { kind: 'set_parallelism', parallelism } as const, done: `parallelism ${parallelism}`, unchanged },
        ]),
  ];
  await steerSweep(this, flags.format, sweep, present(first, 'what is set'), ...others);
}
