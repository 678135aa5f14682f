import { randomUUID } from 'node:crypto';
import { commandSweep, type SweepCommand } from '../../store/commands.ts';
import { chooseSweep } from '../reading/choose-sweep.ts';
import type { CliContext } from '../cli-context.ts';
import type { ReportFormat } from '../../report/tables/render-report.ts';
import { type Outcome, sayOutcome } from '../output/say-outcome.ts';
import { withRecord } from '../../launch/open-record.ts';
import { wake } from '../../launch/wake.ts';

/** A command, and which of two sentences is said of it. */
export interface Steering {
  readonly command: SweepCommand;
  readonly done: string;
  readonly unchanged: string;
}

/** Records commands about a sweep one after another, wakes what carries them out, and says how each went. */
export async function steerSweep(
  context: CliContext,
  format: ReportFormat,
  sweep: string | undefined,
  ...steps: readonly [Steering, ...Steering[]]
): Promise<void> {
  await withRecord(async (record) => {
    const name = await chooseSweep(record.store, sweep);
    const steer = async ({ command, done, unchanged }: Steering): Promise<Outcome> => {
      const { sweepId, changed } = await commandSweep(record.store, name, randomUUID(), command);
      if (changed) await wake(record, sweepId);
      return { sweep: name, changed, text: changed ? `${name}: ${done}` : `${name} ${unchanged}` };
    };
    const [first, ...others] = steps;
    const outcomes: [Outcome, ...Outcome[]] = [await steer(first)];
    for (const step of others) outcomes.push(await steer(step));
    sayOutcome(context, format, ...outcomes);
  });
}
