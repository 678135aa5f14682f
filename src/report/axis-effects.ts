import type { SweepSnapshot } from '../store/views/sweep-snapshot.ts';
import { studentInterval } from '../stats/student-interval.ts';
import { measure } from '../metrics/metrics.ts';
import { type ConfigurationScore, configurationScores } from './configuration-scores.ts';
import type { ShownInterval } from './format-interval.ts';
import type { Noise } from './noise.ts';
import { variedColumns } from './varied-columns.ts';

/** The effect of one value of an axis on a metric. */
export interface AxisValue {
  readonly text: string;
  readonly configurations: number;
  /** Mean over its trials; null: none is scored. */
  readonly mean: number | null;
  /**
   * Against the axis's first value, over configurations that differ in nothing else: in each seed the mean over those,
   * then over seeds, and over rows where their outputs were given. Null for the first value, and where nothing differs
   * in this axis alone.
   */
  readonly difference: ShownInterval | null;
  /** The repeats that the difference's interval is over. */
  readonly over: 'seeds' | 'rows' | 'seeds and rows';
  /** Pairs of configurations that the difference is over. */
  readonly pairs: number;
}

export interface AxisEffect {
  readonly heading: string;
  readonly name: string;
  /** In ascending order. */
  readonly values: readonly AxisValue[];
}

type Column = ReturnType<typeof variedColumns>[number];

/** The effect of each setting that the sweep varies. */
export function axisEffects(
  snapshot: SweepSnapshot,
  metric: string,
  noise: Noise | null = null,
): readonly AxisEffect[] {
  const scores = configurationScores(snapshot.trials);
  const columns = variedColumns(snapshot);
  return columns.map((column) => effectOf(column, columns, scores, { metric, noise }));
}

function effectOf(
  column: Column,
  columns: readonly Column[],
  scores: readonly ConfigurationScore[],
  { metric, noise }: { readonly metric: string; readonly noise: Noise | null },
): AxisEffect {
  const others = columns.filter((other) => other !== column);
  const byValue = new Map<string, ConfigurationScore[]>();
  for (const score of scores) {
    const text = column.text(score);
    byValue.set(text, [...(byValue.get(text) ?? []), score]);
  }
  const ordered = [...byValue].sort(([, [a]], [, [b]]) => compare(valueOf(column, a), valueOf(column, b)));
  const first = new Map((ordered[0]?.[1] ?? []).map((score) => [restOf(others, score), score]));
  const values = ordered.map(([text, own], index): AxisValue => {
    const pairs = own.flatMap((score) => {
      const reference = index === 0 ? undefined : first.get(restOf(others, score));
      return reference === undefined ? [] : [[score, reference] as const];
    });
    const differences = differencesBySeed(pairs, metric);
    const both = pairs.length === 0 ? null : (noise?.effect(pairs, metric) ?? null);
    const scored = own.flatMap((score) => score.trials.flatMap((trial) => measure(trial, metric) ?? []));
    return {
      text,
      configurations: own.length,
      mean: scored.length === 0 ? null : scored.reduce((sum, value) => sum + value, 0) / scored.length,
      difference:
        both === null
          ? differences.length === 0
            ? null
            : studentInterval(differences)
          : { mean: both.estimate, lower: both.lower, upper: both.upper },
      over: both === null ? 'seeds' : both.seeds > 1 ? 'seeds and rows' : 'rows',
      pairs: pairs.length,
    };
  });
  return { heading: column.heading, name: column.name, values };
}

/** The mean difference over all pairs in each seed that all of them have. */
function differencesBySeed(
  pairs: readonly (readonly [ConfigurationScore, ConfigurationScore])[],
  metric: string,
): readonly number[] {
  const bySeed = new Map<number, number[]>();
  for (const [score, reference] of pairs) {
    for (const trial of score.trials) {
      const other = reference.trials.find(({ configuration }) => configuration.seed === trial.configuration.seed);
      const [a, b] = [measure(trial, metric), other === undefined ? null : measure(other, metric)];
      if (a === null || b === null) continue;
      const { seed } = trial.configuration;
      bySeed.set(seed, [...(bySeed.get(seed) ?? []), a - b]);
    }
  }
  // A seed that some pair lacks would be a mean over other pairs.
  const most = Math.max(0, ...[...bySeed.values()].map(({ length }) => length));
  return [...bySeed.values()]
    .filter(({ length }) => length === most)
    .map((values) => values.reduce((sum, value) => sum + value, 0) / values.length);
}

function restOf(columns: readonly Column[], score: ConfigurationScore): string {
  return JSON.stringify(columns.map((column) => column.text(score)));
}

function valueOf(column: Column, score: ConfigurationScore | undefined): unknown {
  return score === undefined ? null : column.value(score);
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a) < String(b) ? -1 : 1;
}
