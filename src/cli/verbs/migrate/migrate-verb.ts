import { verb } from '../../verb.ts';

export const migrateVerb = verb<Record<never, never>, []>(
  {
    name: 'migrate',
    words: '',
    brief: "brings the database's schema up to date",
    examples: ['dropsweep migrate'],
  },
  {},
  async () => (await import('./migrate-database.ts')).migrateDatabase,
);
