import { describe, expect, it } from 'vitest';
import { stream } from '../../src/random/stream.ts';
import type { RungDecision } from '../../src/search/scheduler.ts';
import { makeScheduler } from '../../src/search/schedulers/schedulers.ts';

interface Race {
  readonly seeds: number;
  readonly capacity: number;
  /** Configurations; what each reaches with a seed, or null where it fails. */
  readonly configurations: number;
  readonly score: (configuration: number, seed: number) => number | null;
  /** The same on groups of the rows; absent: it is not told. */
  readonly groups?: (configuration: number, seed: number) => readonly number[];
  readonly error?: number;
}

/** A race whose trainings end in the order in which they begin. @returns what was trained of each configuration */
function race({ seeds, capacity, configurations, score, groups, error = 0.05 }: Race) {
  const scheduler = makeScheduler({ kind: 'racing', error, least: 2 });
  const fold = scheduler.open(seeds);
  const decisions: RungDecision[] = [];
  const running: number[] = [];
  const trained = Array.from({ length: configurations }, () => 0);
  const hear = (
    kind: 'capacity' | 'repeat' | 'result',
    ordinal: number,
    value: number | null,
    further: readonly number[] = [],
  ): void => {
    const made = fold.also?.({ kind, ordinal, rung: 0, value, further }) ?? [];
    decisions.push(...made);
    running.push(...made.filter((each) => each.kind === 'promote').map((each) => each.ordinal));
  };
  hear('capacity', 0, capacity);
  fold.planned(configurations * seeds);
  for (let seed = 0; seed < seeds; seed += 1)
    for (let configuration = 0; configuration < configurations; configuration += 1) {
      const ordinal = seed * configurations + configuration;
      if (seed < 2) running.push(ordinal);
      hear('repeat', ordinal, configuration, [seed]);
    }
  for (let ordinal = running.shift(); ordinal !== undefined; ordinal = running.shift()) {
    const configuration = ordinal % configurations;
    trained[configuration] = (trained[configuration] ?? 0) + 1;
    const seed = Math.floor(ordinal / configurations);
    hear('result', ordinal, score(configuration, seed), groups?.(configuration, seed));
  }
  return { trained, decisions, isDecided: decisions.length === configurations * (seeds - 2) };
}

/** Normal noise of a seed that all configurations share, and of each one's own. */
function noise(run: number, configuration: number, seed: number): number {
  const shared = stream(run, 'seed', seed).normals(1)[0] ?? 0;
  const own = stream(run, 'own', configuration, seed).normals(1)[0] ?? 0;
  return 0.02 * shared + 0.01 * own;
}

/** Scores on 64 groups of rows, drawn anew for each run: what a row favours, for every seed, and the noise of seeds. */
function sampledRows(run: number): (configuration: number, seed: number) => readonly number[] {
  const favoured = [0, 1, 2, 3, 4, 5, 6, 7].map((configuration) => stream(run, 'rows', configuration).normals(64));
  return (configuration, seed) => {
    const mean = (configuration === 2 ? 0.001 : 0) + noise(run, configuration, seed) / 3;
    return [...(favoured[configuration] ?? [])].map((row) => mean + 0.08 * row);
  };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe('a race over seeds', () => {
  it('trains all seeds of those that cannot be told from the best, and few of those that can', () => {
    const { trained, decisions, isDecided } = race({
      seeds: 6,
      capacity: 2,
      configurations: 8,
      score: (configuration, seed) => (configuration < 2 ? 0.9 : 0.7) + noise(1, configuration, seed),
    });
    expect(isDecided).toBe(true);
    expect(trained.slice(0, 2)).toEqual([6, 6]);
    expect(trained.slice(2).reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(6 * 3);
    const out = decisions.find(({ kind }) => kind === 'prune');
    expect(out?.reason).toMatch(/behind training \d by 0\.\d+ over [23] seeds, p \S+ < \S+ \(error 0.05\)/);
  });

  it('stops the best configuration in no more races than its error says', () => {
    // One is better than the others by less than its noise, which is the hardest case that has a best.
    const runs = 600;
    let stopped = 0;
    for (let run = 0; run < runs; run += 1) {
      const { decisions } = race({
        seeds: 6,
        capacity: 3,
        configurations: 5,
        error: 0.1,
        score: (configuration, seed) => (configuration === 2 ? 0.001 : 0) + noise(run, configuration, seed),
      });
      if (decisions.some(({ kind, ordinal }) => kind === 'prune' && ordinal % 5 === 2)) stopped += 1;
    }
    // Three standard deviations of a share of 0.1 over so many runs are 0.037.
    expect(stopped / runs).toBeLessThanOrEqual(0.137);
  });

  it('stops the best configuration no oftener where rows are a sample too, as pairing seeds alone does', () => {
    // What the rows of a run favour is the same for each seed: seeds alone take it for what all rows would.
    const runs = 300;
    const share = (told: boolean): number => {
      let stopped = 0;
      for (let run = 0; run < runs; run += 1) {
        const onRows = sampledRows(run);
        const mean = (configuration: number, seed: number) => meanOf(onRows(configuration, seed));
        const { decisions } = race({
          ...{ seeds: 6, capacity: 3, configurations: 5, error: 0.1, score: mean },
          ...(told ? { groups: onRows } : {}),
        });
        if (decisions.some(({ kind, ordinal }) => kind === 'prune' && ordinal % 5 === 2)) stopped += 1;
      }
      return stopped / runs;
    };
    // Three standard deviations of a share of 0.1 over so many runs are 0.052.
    expect(share(true)).toBeLessThanOrEqual(0.152);
    expect(share(false)).toBeGreaterThan(0.3);
  });

  it('stops what is far behind over seeds and rows, and says over how many', () => {
    const onRows = sampledRows(1);
    const { trained, decisions } = race({
      ...{ seeds: 6, capacity: 2, configurations: 8 },
      score: (configuration, seed) => (configuration < 2 ? 0.9 : 0.7) + meanOf(onRows(configuration, seed)),
      groups: (configuration, seed) =>
        onRows(configuration, seed).map((value) => (configuration < 2 ? 0.9 : 0.7) + value),
    });
    expect(trained.slice(0, 2)).toEqual([6, 6]);
    expect(trained.slice(2).reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(6 * 3);
    expect(decisions.find(({ kind }) => kind === 'prune')?.reason).toMatch(/over [23] seeds and 64 groups of rows, p /);
  });

  it('gives no further seed to a configuration whose seeds have all failed, and goes on without a failed one', () => {
    const { trained, isDecided } = race({
      seeds: 4,
      capacity: 1,
      configurations: 3,
      score: (configuration, seed) => (configuration === 1 || (configuration === 2 && seed === 0) ? null : 0.5),
    });
    expect(trained).toEqual([4, 2, 4]);
    expect(isDecided).toBe(true);
  });

  it('never decides between equals', () => {
    const { trained } = race({ seeds: 5, capacity: 4, configurations: 4, score: () => 0.5 });
    expect(trained).toEqual([5, 5, 5, 5]);
  });

  it('takes up the fewest seeds first, and among these the best', () => {
    const { decisions } = race({
      seeds: 3,
      capacity: 1,
      configurations: 3,
      score: (configuration, seed) => [0.5, 0.7, 0.6][configuration] ?? seed,
    });
    expect(decisions.map(({ ordinal, kind }) => `${kind} ${ordinal % 3}`)).toEqual([
      'promote 1',
      'promote 2',
      'promote 0',
    ]);
  });
});
