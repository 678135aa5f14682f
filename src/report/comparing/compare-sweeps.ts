import { DropsweepError } from '../../base/errors.ts';
import { canonicalJson, type Json } from '../../base/canonical-json.ts';
import { describeDifference } from '../../sweep/describe-difference.ts';
import type { Objective } from '../../sweep/vocabulary.ts';
import { headingOf } from '../../tasks/task-metrics.ts';
import type { SweepProvenance } from '../../store/views/sweep-list.ts';
import type { SweepSnapshot } from '../../store/views/sweep-snapshot.ts';
import type { ConfigurationScore } from './configuration-scores.ts';
import { firstObjective } from './first-objective.ts';
import { differenceText, formatInterval, formatProbability } from '../noise/format-interval.ts';
import { type MethodScore, methodScores } from './method-scores.ts';
import type { Comparison, Noise } from '../noise/noise.ts';
import type { Report } from '../tables/render-report.ts';
import type { ReportColumn } from '../tables/report-column.ts';
import { shownInterval } from '../tables/score-columns.ts';
import { configurationLabels } from '../sections/configuration-label.ts';
import { sweepFacts, sweepSentences } from '../sweep-sentences.ts';

export interface ComparedSweep {
  readonly snapshot: SweepSnapshot;
  readonly provenance: SweepProvenance;
}

interface MethodRow {
  readonly method: string;
  /** By sweep; null: the sweep has no such method. */
  readonly scores: readonly (MethodScore | null)[];
  /** Of the last sweep against the first, where both were scored on the same rows with the same seeds. */
  readonly comparison: Comparison | null;
}

/**
 * Several sweeps of one task side by side: the best configuration of each method, chosen alike in all.
 * @param noise of all sweeps' methods, their trials numbered as in the snapshots
 * @throws USAGE where they are of different tasks, whose numbers cannot be compared
 */
export function compareSweepsReport(sweeps: readonly ComparedSweep[], noise: Noise | null): Report<MethodRow> {
  const [first, ...rest] = sweeps;
  const last = rest.at(-1);
  if (first === undefined || last === undefined) throw new RangeError('two sweeps or more are compared');
  for (const other of rest) demandOneTask(first, other);
  const objective = firstObjective(first.snapshot);
  const rows = methodRows(sweeps, objective, sameRows(first, last) ? noise : null);
  const heading = headingOf(first.snapshot.definition, objective.metric);
  return {
    columns: [
      {
        name: 'method',
        heading: 'method',
        align: 'left',
        importance: 0,
        text: ({ method }) => method,
        value: ({ method }) => method,
      },
      ...sweeps.flatMap((sweep, index) => sweepColumns(sweep, index, objective, noise)),
      ...differenceColumns(),
    ],
    rows,
    facts: { sweeps: sweeps.map(({ snapshot }) => sweepFacts(snapshot)), objective: { ...objective } },
    before: sweeps.flatMap(({ snapshot }) => sweepSentences(snapshot)),
    after: [
      `Each method's best by ${heading} on the dev rows${testNote(rows)}; means with 95 % intervals.`,
      ...differences(first, last),
      ...comparedNote(rows, sameRows(first, last), first.snapshot.name, last.snapshot.name),
    ],
  };
}

function demandOneTask({ snapshot, provenance }: ComparedSweep, other: ComparedSweep): void {
  const kinds = [provenance.inputs.task, other.provenance.inputs.task].map(({ kind, label_names: names }) =>
    canonicalJson({ kind, names: [...names] }),
  );
  const metrics = [snapshot, other.snapshot].map((one) => firstObjective(one).metric);
  if (kinds[0] === kinds[1] && metrics[0] === metrics[1]) return;
  throw new DropsweepError('USAGE', 'the sweeps are of different tasks: their numbers cannot be compared', {
    got: [snapshot, other.snapshot].map((one, index) => `${one.name}: ${kinds[index]}, ${metrics[index]}`).join('; '),
    expected: 'sweeps with the same task, labels and first objective',
    fix: `dropsweep report ${snapshot.name} ${other.snapshot.name} sets them side by side`,
  });
}

function sameRows({ provenance: a }: ComparedSweep, { provenance: b }: ComparedSweep): boolean {
  return a.inputs.dev.hash === b.inputs.dev.hash && a.inputs.test?.hash === b.inputs.test?.hash;
}

function methodRows(sweeps: readonly ComparedSweep[], objective: Objective, noise: Noise | null): readonly MethodRow[] {
  const bySweep = sweeps.map(({ snapshot }) => methodScores(snapshot, objective));
  const methods = [...new Set(bySweep.flatMap((scores) => scores.map(({ method }) => method)))];
  const rows = methods.map((method) => ({
    method,
    scores: bySweep.map((scores) => scores.find((one) => one.method === method) ?? null),
  }));
  const pairs = rows.flatMap(({ method, scores }) => {
    const [a, b] = [scores[0], scores.at(-1)];
    return a === null || a === undefined || b === null || b === undefined
      ? []
      : [{ method, pair: [b.reported, a.reported] as const }];
  });
  const compared = noise?.pairs(
    pairs.map(({ pair }) => pair),
    objective.metric,
  );
  const byMethod = new Map(pairs.map(({ method }, index) => [method, compared?.[index] ?? null]));
  return rows.map((row) => ({ ...row, comparison: byMethod.get(row.method) ?? null }));
}

function sweepColumns(
  { snapshot }: ComparedSweep,
  index: number,
  { metric }: Objective,
  noise: Noise | null,
): readonly ReportColumn<MethodRow>[] {
  const label = configurationLabels(snapshot);
  const interval = (row: MethodRow) => {
    const score = row.scores[index]?.reported;
    return score === undefined ? null : shownInterval(score, metric, noise);
  };
  const text = (score: ConfigurationScore | undefined): string => (score === undefined ? '–' : label(score));
  const numbered = (name: string, value: (row: MethodRow) => Json): ReportColumn<MethodRow> => ({
    name: `${snapshot.name}.${name}`,
    heading: null,
    align: 'right',
    importance: 9,
    text: () => '',
    value,
  });
  return [
    {
      name: `${snapshot.name}.${metric}`,
      heading: snapshot.name,
      align: 'right',
      importance: 0,
      text: (row) => {
        const own = interval(row);
        return own === null ? '–' : formatInterval(metric, own);
      },
      value: (row) => interval(row)?.mean ?? null,
    },
    numbered(`${metric}_lower`, (row) => interval(row)?.lower ?? null),
    numbered(`${metric}_upper`, (row) => interval(row)?.upper ?? null),
    {
      name: `${snapshot.name}.settings`,
      heading: 'its settings',
      align: 'left',
      importance: 3 + index,
      text: (row) => text(row.scores[index]?.reported),
      value: (row) => text(row.scores[index]?.reported),
    },
  ];
}

function differenceColumns(): readonly ReportColumn<MethodRow>[] {
  return [
    {
      name: 'difference',
      heading: 'difference',
      align: 'right',
      importance: 1,
      text: ({ comparison }) => (comparison === null ? '–' : differenceText(comparison.difference)),
      value: ({ comparison }) => comparison?.difference.estimate ?? null,
    },
    {
      name: 'probability',
      heading: 'p (Holm)',
      align: 'right',
      importance: 2,
      text: ({ comparison }) => (comparison === null ? '–' : formatProbability(comparison.probability)),
      value: ({ comparison }) => comparison?.probability ?? null,
    },
  ];
}

function testNote(rows: readonly MethodRow[]): string {
  const tested = rows.some(({ scores }) => scores.some((one) => one?.reported.evaluation.split === 'test'));
  return tested ? ', scored on the test rows' : '';
}

function differences(first: ComparedSweep, last: ComparedSweep): readonly string[] {
  const sides = [first, last].map(({ snapshot, provenance }) => ({
    definition: snapshot.definition,
    inputs: provenance.inputs,
  }));
  const [a, b] = sides;
  if (a === undefined || b === undefined) return [];
  const found = describeDifference(a, b).filter((line) => !line.startsWith('name:'));
  return found.length === 0 ? ['Their files are the same but for the name.'] : found.map((line) => `Differs: ${line}`);
}

function comparedNote(rows: readonly MethodRow[], same: boolean, first: string, last: string): readonly string[] {
  const count = rows.filter(({ comparison }) => comparison !== null).length;
  if (!same) return ['They were scored on different rows, so that nothing is compared row by row.'];
  if (count === 0)
    return ['No method of both has its outputs and the same seeds, so that nothing is compared row by row.'];
  return [`The difference is ${last} minus ${first}, paired on seeds and rows; p is corrected for ${count} (Holm).`];
}
