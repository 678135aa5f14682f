import { formatCount } from '../../base/format-count.ts';
import type { SetDefinition } from '../../sweep/sweep-definition.ts';
import { headingOf, metricsOf } from '../../tasks/task-metrics.ts';
import { taskOf } from '../../tasks/tasks.ts';
import { type ConfigurationScore, configurationScores, scoreInterval } from '../comparing/configuration-scores.ts';
import type { Block, Cell, Table } from '../document/document.ts';
import { paragraph } from '../document/document.ts';
import { firstObjective } from '../comparing/first-objective.ts';
import { formatInterval } from '../noise/format-interval.ts';
import { rankScores } from '../comparing/judgement.ts';
import { rankCorrelation } from '../noise/rank-correlation.ts';
import { shownInterval } from '../tables/score-columns.ts';
import { trainingKey } from '../comparing/training-key.ts';
import { configurationLabels } from './configuration-label.ts';
import { shownBest, type SweepMaterial } from './material.ts';
import type { ReportSection } from './section.ts';

/** Beside the first objective, of each set. */
const mostMetrics = 4;

/** The best on the evaluated rows, scored on each of evaluation.sets beside them. */
export const setsSection: ReportSection = {
  name: 'sets',
  heading: 'On further rows',
  build(material) {
    const { definition, trials } = material.snapshot;
    const { sets = [] } = definition;
    const ranked = rankScores(configurationScores(trials), firstObjective(material.snapshot));
    const blocks = sets.flatMap((set) => setBlocks(material, set, ranked));
    return blocks.length === 0 ? null : blocks;
  },
};

function setBlocks(
  material: SweepMaterial,
  set: SetDefinition,
  ranked: readonly ConfigurationScore[],
): readonly Block[] {
  const { snapshot } = material;
  const there = (metric: string): boolean => ranked.some((score) => scoreInterval(score, metric) !== null);
  const metrics = taskOf(set.task)
    .columns.filter((metric) => there(`${set.name}.${metric}`))
    .slice(0, mostMetrics);
  if (metrics.length === 0) return [];
  return [
    { kind: 'heading', text: set.own_task ? `${set.name}: a task of its own` : set.name },
    setTable(material, set.name, metrics, ranked.slice(0, shownBest)),
    ...together(snapshot, set.name, ranked),
  ];
}

/** Each metric on the evaluated rows, where the sweep's own task has it, and on the set. */
function setTable(
  { snapshot, noise }: SweepMaterial,
  set: string,
  metrics: readonly string[],
  rows: readonly ConfigurationScore[],
): Table {
  const { definition } = snapshot;
  const own = new Set(metricsOf(definition).map(({ name }) => name));
  const columns = metrics.flatMap((metric) => [...(own.has(metric) ? [metric] : []), `${set}.${metric}`]);
  const label = configurationLabels(snapshot);
  const { metric: first } = firstObjective(snapshot);
  return {
    kind: 'table',
    name: `set-${set}`,
    caption: `The best ${formatCount(rows.length, 'configuration')} by ${headingOf(definition, first)}, on ${set} too`,
    columns: [
      { name: 'configuration', heading: 'configuration', align: 'left' },
      ...columns.map((metric) => ({ name: metric, heading: headingOf(definition, metric), align: 'right' as const })),
    ],
    rows: rows.map((row): readonly Cell[] => [
      { text: label(row), value: label(row) },
      ...columns.map((metric): Cell => {
        const interval = shownInterval(row, metric, noise);
        if (interval === null) return { text: '–', value: null };
        return { text: formatInterval(metric, interval), value: interval.mean };
      }),
    ]),
    notes: ['Means over seeds, with 95 % intervals over seeds and rows where the outputs are there, else over seeds.'],
  };
}

/** Whether what is better on the evaluated rows is better on the set. */
function together(
  snapshot: SweepMaterial['snapshot'],
  set: string,
  ranked: readonly ConfigurationScore[],
): readonly Block[] {
  const { metric } = firstObjective(snapshot);
  const other = `${set}.${metric}`;
  const pairs = ranked.flatMap((score) => {
    const [here, there] = [scoreInterval(score, metric), scoreInterval(score, other)];
    return here === null || there === null
      ? []
      : [{ here: here.mean, there: there.mean, training: trainingKey(score) }];
  });
  const found = rankCorrelation(
    pairs.map(({ here }) => here),
    pairs.map(({ there }) => there),
    pairs.map(({ training }) => training),
  );
  if (found === null) return [];
  const [name, onSet] = [headingOf(snapshot.definition, metric), headingOf(snapshot.definition, other)];
  const interval =
    found.lower === null || found.upper === null ? '' : `, 95 % ${found.lower.toFixed(2)} to ${found.upper.toFixed(2)}`;
  return [
    paragraph(
      `Over ${formatCount(found.pairs, 'configuration')}${found.clusters < found.pairs ? ` of ${formatCount(found.clusters, 'training')}, which are drawn whole,` : ''} ${name} and ${onSet} go together by ρ = ${found.rho.toFixed(2)}${interval} (Spearman). Configurations were chosen on the evaluated rows, not on these.`,
    ),
  ];
}
