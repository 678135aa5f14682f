import { sql } from 'kysely';
import type { SweepDefinition } from '../../sweep/sweep-definition.ts';
import { steerSweep, type SweepCommand, type SweepStates } from '../commands.ts';
import type { DatabaseTransaction } from '../database/open-store.ts';

/**
 * What a file says otherwise than the file before it of what may be set while a sweep runs and is no part of what it
 * searches, as the commands that set it. Limits of a budget are part of it: a file with others is a larger one.
 */
export function settingsOfFile(before: SweepDefinition, file: SweepDefinition): readonly SweepCommand[] {
  const { parallelism, priority } = file;
  return [
    ...(parallelism === before.parallelism ? [] : [{ kind: 'set_parallelism' as const, parallelism }]),
    ...(priority === before.priority ? [] : [{ kind: 'set_priority' as const, priority }]),
  ];
}

/** Gives a sweep the settings of a file that asks for no other trainings. @returns what was set */
export async function takeSettings(
  tx: DatabaseTransaction,
  sweep: SweepStates & { readonly definition: SweepDefinition },
  file: SweepDefinition,
): Promise<readonly SweepCommand[]> {
  const commands = settingsOfFile(sweep.definition, file);
  if (commands.length === 0) return commands;
  for (const command of commands) await steerSweep(tx, sweep, command);
  const { parallelism, priority } = file;
  // The next file is held against this one.
  await sql`update sweeps set definition = definition || ${JSON.stringify({ parallelism, priority })}::jsonb
    where id = ${sweep.id}`.execute(tx);
  return commands;
}
