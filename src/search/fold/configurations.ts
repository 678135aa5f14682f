import { studentCdf } from '../../stats/student-distribution.ts';
import type { FoldMemory } from './fold-memory.ts';

/** How sure it has to be, over all configurations together, that one is better than the best. */
const error = 0.05;

interface ConfigurationsMemory {
  /** By training the first of its configuration, where it was told: of any other, itself. */
  readonly firstOf: Map<number, number>;
  /** By the first, all that were told. */
  readonly members: Map<number, number[]>;
  readonly ended: Set<number>;
  readonly scores: Map<number, number>;
  /** By the first training, how many results there were with its newest, but for the best's. */
  readonly newest: Map<number, number>;
  /** Configurations of which no training is left. */
  decided: number;
  /** Configurations with a score. */
  scored: number;
  results: number;
  /** Squares of what seeds differ by from the mean of their configuration, and their degrees of freedom. */
  squares: number;
  degrees: number;
  /** Of the first training of the best; null: none has a score. */
  best: number | null;
  resultsAtBest: number;
}

/**
 * What configurations have come to, in the mean over their seeds so far. The best is one that was better than the best
 * before it by more than the noise of seeds: Student's one-sided test with the variance within configurations, pooled over
 * all of them, at 5 % by the number of those that it may be beaten by (Bonferroni). Where no configuration has two scores
 * yet there is no noise to tell, and any greater value is better.
 */
export class Configurations {
  readonly #own: ConfigurationsMemory;

  constructor(memory: FoldMemory) {
    this.#own = memory.part('configurations', {
      firstOf: new Map(),
      members: new Map(),
      ended: new Set(),
      scores: new Map(),
      newest: new Map(),
      decided: 0,
      scored: 0,
      results: 0,
      squares: 0,
      degrees: 0,
      best: null,
      resultsAtBest: 0,
    });
  }

  /** Whether it was told which trainings are of one configuration. */
  get areTold(): boolean {
    return this.#own.firstOf.size > 0;
  }

  /** How many have no training left: each has come to its end, was stopped or has failed. */
  get decided(): number {
    return this.#own.decided;
  }

  /** Results since the newest of the best. */
  get resultsSince(): number {
    return this.#own.results - this.#own.resultsAtBest;
  }

  /** The mean of the best; null: there is none. */
  get best(): number | null {
    return this.#own.best === null ? null : this.#meanOf(this.#firstOf(this.#own.best));
  }

  /** Whether seeds have told their noise. */
  get knowsNoise(): boolean {
    return this.#own.degrees > 0;
  }

  /** A training is of the configuration of that one, which may be itself. */
  repeat(ordinal: number, first: number): void {
    if (this.#own.firstOf.has(ordinal)) return;
    this.#count(ordinal, -1);
    if (ordinal !== first) this.#count(first, -1);
    this.#own.firstOf.set(ordinal, first);
    const members = this.#own.members.get(first) ?? [];
    members.push(ordinal);
    this.#own.members.set(first, members);
    this.#count(first, 1);
  }

  /** Nothing more is to be heard of it. @param value null: it has no score */
  end(ordinal: number, value: number | null): void {
    const first = this.#firstOf(ordinal);
    this.#count(first, -1);
    this.#own.ended.add(ordinal);
    if (value !== null && Number.isFinite(value)) this.#own.scores.set(ordinal, value);
    this.#count(first, 1);
    if (value === null) return;
    this.#own.results += 1;
    this.#compare(first);
  }

  /** It had failed, and is tried again. */
  retract(ordinal: number): void {
    const first = this.#firstOf(ordinal);
    this.#count(first, -1);
    this.#own.ended.delete(ordinal);
    this.#count(first, 1);
  }

  #firstOf(ordinal: number): number {
    return this.#own.firstOf.get(ordinal) ?? ordinal;
  }

  #membersOf(first: number): readonly number[] {
    return this.#own.members.get(first) ?? [first];
  }

  #scoresOf(first: number): readonly number[] {
    return this.#membersOf(first).flatMap((ordinal) => this.#own.scores.get(ordinal) ?? []);
  }

  #meanOf(first: number): number {
    return meanOf(this.#scoresOf(first));
  }

  /** What a configuration adds to the sums over all: taken away before it changes, and put back as it is then. */
  #count(first: number, times: 1 | -1): void {
    const scores = this.#scoresOf(first);
    const mean = meanOf(scores);
    const squares = scores.reduce((sum, each) => sum + (each - mean) ** 2, 0);
    this.#own.decided += times * Number(this.#membersOf(first).every((ordinal) => this.#own.ended.has(ordinal)));
    this.#own.scored += times * Number(scores.length > 0);
    this.#own.squares = Math.max(0, this.#own.squares + times * squares);
    this.#own.degrees += times * Math.max(0, scores.length - 1);
  }

  #compare(changed: number): void {
    const best = this.#own.best === null ? null : this.#firstOf(this.#own.best);
    if (changed !== best && this.areTold) this.#own.newest.set(changed, this.#own.results);
    // A best that was lucky with its first seeds has fallen: another may be better than it is now.
    const rivals = changed === best && this.#membersOf(changed).length > 1 ? this.#own.newest.keys() : [changed];
    let next: number | null = null;
    for (const first of rivals) {
      if (this.#isBetter(first) && (next === null || this.#meanOf(first) > this.#meanOf(next))) next = first;
    }
    if (next !== null) this.#take(next);
  }

  #take(first: number): void {
    this.#own.best = first;
    this.#own.resultsAtBest = this.#own.newest.get(first) ?? this.#own.results;
  }

  #isBetter(first: number): boolean {
    const scores = this.#scoresOf(first);
    if (scores.length === 0) return false;
    if (this.#own.best === null) return true;
    const best = this.#scoresOf(this.#firstOf(this.#own.best));
    const ahead = meanOf(scores) - meanOf(best);
    if (ahead <= 0 || this.#own.degrees === 0) return ahead > 0;
    const variance = (this.#own.squares / this.#own.degrees) * (1 / scores.length + 1 / best.length);
    if (variance === 0) return true;
    const rivals = Math.max(1, this.#own.scored - 1);
    return studentCdf(-ahead / Math.sqrt(variance), this.#own.degrees) < error / rivals;
  }
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / Math.max(1, values.length);
}
