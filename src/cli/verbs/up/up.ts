import { type CliContext, progressOf } from '../../cli-context.ts';
import { startedMachine } from '../../../launch/machine.ts';
import { sayOutcome } from '../../output/say-outcome.ts';
import type { FormatFlags } from '../../verb-parameters.ts';

export async function up(this: CliContext, { format }: FormatFlags): Promise<void> {
  const { databaseName, temporal, dataDirectory } = await startedMachine(progressOf(this));
  const lines = [
    `PostgreSQL: ${databaseName}`,
    ...(temporal === null ? [] : [`Temporal:   ${temporal.address}`]),
    `Data:       ${dataDirectory}`,
    'Workers are up; unfinished sweeps go on. dropsweep down stops everything.',
  ];
  sayOutcome(this, format, {
    database: databaseName,
    temporal: temporal?.address ?? null,
    data: dataDirectory,
    text: lines.join('\n'),
  });
}
