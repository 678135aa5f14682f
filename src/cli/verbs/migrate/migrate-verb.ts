import { verb } from '../../verb.ts';
import { list, outcomeOutput } from '../../output/verb-output.ts';
import { type FormatFlags, formatFlag } from '../../verb-parameters.ts';

export const migrateVerb = verb<FormatFlags, []>(
  {
    name: 'migrate',
    words: '',
    brief: "brings the database's schema up to date",
    examples: ['dropsweep migrate'],
    output: outcomeOutput(list('applied', 'names of the migrations')),
  },
  { flags: { format: formatFlag } },
  async () => (await import('./migrate-database.ts')).migrateDatabase,
);
