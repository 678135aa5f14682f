import { parseSweepFile } from '../../src/sweep/file/parse-sweep-file.ts';
import type { SweepDefinition } from '../../src/sweep/sweep-definition.ts';
import { searchSections } from '../../src/search/search-sections.ts';
import { samplers } from '../../src/search/samplers/samplers.ts';
import { schedulers } from '../../src/search/schedulers/schedulers.ts';
import { taskSections } from '../../src/tasks/tasks.ts';

/** Settings with which few trials are enough for a sampler to decide by results; whoever has none decides as it does. */
const decidesEarly: Readonly<Record<string, string>> = { tpe: 'startup: 3', nsga2: 'population: 3' };

function searchWritten({ kind, example }: { readonly kind: string; readonly example: string | null }, trials: number) {
  const more = decidesEarly[kind];
  const written = (example ?? kind).replaceAll('<number>', String(trials));
  return `search: ${more === undefined ? written : written.replace('}', `, ${more}}`)}`;
}

/** Each sampler of the registry with each scheduler of it: whoever is registered is among them. */
export const everyKind = samplers.flatMap((sampler) =>
  schedulers.map((scheduler) => ({
    sampler: sampler.section,
    scheduler: scheduler.section,
    /** How the sweep file asks for them: as their own examples do. */
    written: (trials: number): string =>
      [
        searchWritten(sampler.section, trials),
        `scheduler: ${scheduler.section.example ?? scheduler.section.kind}`,
      ].join('\n'),
  })),
);

const there = { isFile: () => true, isFolder: () => true, namesIn: () => [] };

/** A definition as the sweep file says it. @param space and whatever else the file has, indented as YAML wants it */
export function definitionWritten(...sections: readonly string[]): SweepDefinition {
  const file = [
    'name: s',
    'base: sentence-transformers/all-MiniLM-L6-v2',
    'task: {kind: text-classification, train_rows: 96, dev_rows: 400, data: {package: spam-assassin}}',
    'trainer: simulated',
    'parallelism: 3',
    ...sections,
  ].join('\n');
  return parseSweepFile(file, '/home/user/sweep.yaml', there, taskSections, searchSections);
}
