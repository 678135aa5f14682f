import type { SweepSnapshot } from '../../store/views/sweep-snapshot.ts';
import { groupBy } from '../../base/group-by.ts';
import { meanOf } from '../../stats/mean-of.ts';
import { studentInterval } from '../../stats/student-interval.ts';
import { measure } from '../../metrics/metrics.ts';
import { chosenAmong } from '../comparing/chosen-among.ts';
import { type ConfigurationScore, configurationScores } from '../comparing/configuration-scores.ts';
import type { ShownInterval } from './format-interval.ts';
import type { Noise } from './noise.ts';
import { type ConfigurationPair, pairedBy, type VariedColumn } from '../comparing/paired-configurations.ts';
import { variedColumns } from '../comparing/varied-columns.ts';

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

/** The effect of each setting that the sweep varies, on the dev rows where there are such. */
export function axisEffects(
  snapshot: SweepSnapshot,
  metric: string,
  noise: Noise | null = null,
): readonly AxisEffect[] {
  const trials = chosenAmong(snapshot.trials);
  const scores = configurationScores(trials);
  const columns = variedColumns({ ...snapshot, trials });
  return columns.map((column) => effectOf(column, columns, scores, { metric, noise }));
}

function effectOf(
  column: VariedColumn,
  columns: readonly VariedColumn[],
  scores: readonly ConfigurationScore[],
  { metric, noise }: { readonly metric: string; readonly noise: Noise | null },
): AxisEffect {
  const byValue = new Map<string, ConfigurationScore[]>();
  for (const score of scores) {
    const key = JSON.stringify(column.value(score));
    const known = byValue.get(key);
    if (known === undefined) byValue.set(key, [score]);
    else known.push(score);
  }
  const ordered = [...byValue.values()].toSorted(([a], [b]) => compare(valueOf(column, a), valueOf(column, b)));
  const values = ordered.map((own, index): AxisValue => {
    const pairs = index === 0 ? [] : pairedBy(column, columns, own, ordered[0] ?? []);
    const { differences, most } = differencesBySeed(pairs, metric);
    const both = pairs.length === 0 ? null : (noise?.effect(pairs, metric) ?? null);
    const scored = own.flatMap((score) => score.trials.flatMap((trial) => measure(trial, metric) ?? []));
    const [first] = own;
    return {
      text: first === undefined ? '' : column.text(first),
      configurations: own.length,
      mean: scored.length === 0 ? null : meanOf(scored),
      difference:
        both === null
          ? differences.length === 0
            ? null
            : studentInterval(differences)
          : { mean: both.estimate, lower: both.lower, upper: both.upper },
      over: both === null ? 'seeds' : both.seeds > 1 ? 'seeds and rows' : 'rows',
      pairs: both === null ? most : pairs.length,
    };
  });
  return { heading: column.heading, name: column.name, values };
}

/** The mean difference in each seed over one set of pairs: of those that seeds have, the largest, then the commonest. */
function differencesBySeed(
  pairs: readonly ConfigurationPair[],
  metric: string,
): { readonly differences: readonly number[]; readonly most: number } {
  const found = pairs.flatMap(([score, reference], pair) =>
    score.trials.flatMap((trial) => {
      const { seed } = trial.configuration;
      const other = reference.trials.find(({ configuration }) => configuration.seed === seed);
      const [a, b] = [measure(trial, metric), other === undefined ? null : measure(other, metric)];
      return a === null || b === null ? [] : [{ pair, seed, difference: a - b }];
    }),
  );
  const seeds = [...groupBy(found, ({ seed }) => seed).values()];
  // A mean over other pairs is the difference of other configurations.
  const sets = [...groupBy(seeds, (own) => own.map(({ pair }) => pair).join()).values()];
  const [kept = []] = sets.toSorted((a, b) => pairsOf(b) - pairsOf(a) || b.length - a.length);
  return { differences: kept.map((own) => meanOf(own.map(({ difference }) => difference))), most: pairsOf(kept) };
}

/** @param seeds that have the same pairs */
function pairsOf(seeds: readonly (readonly unknown[])[]): number {
  return seeds[0]?.length ?? 0;
}

function valueOf(column: VariedColumn, score: ConfigurationScore | undefined): unknown {
  return score === undefined ? null : column.value(score);
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a) < String(b) ? -1 : 1;
}
