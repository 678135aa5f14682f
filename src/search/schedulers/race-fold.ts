import { type RaceTest, raceTest } from '../../stats/race-test.ts';
import type { FoldMemory } from '../fold/fold-memory.ts';
import type { RungDecision, SchedulerFold } from '../scheduler.ts';
import type { SearchFact } from '../fold/search-event.ts';
import { aheadOf } from '../fold/suggest-ahead.ts';
import { spellNumber, type SpellValue } from '../estimates/spell-value.ts';

export interface RaceRule {
  /** Of each configuration, at most. */
  readonly seeds: number;
  /** Seeds that are trained in any case. */
  readonly least: number;
  /** Probability, at most, that the best configuration is stopped. */
  readonly error: number;
}

/** A configuration in a race. */
interface Racer {
  /** Ordinal of its first training. */
  readonly first: number;
  /** Trainings that it has, whatever has become of them. */
  repeats: number;
  /** Scores of its seeds, in the order in which they ended. */
  readonly scores: Map<number, number>;
  /** The same on groups of the evaluated rows, where that was told. */
  readonly groups: Map<number, readonly number[]>;
  /** Trainings that have begun, or could, and have not ended. */
  readonly running: Set<number>;
  /** Those that wait until they are wanted, in their order. */
  readonly held: number[];
  /** Why it is out; null: it is not. */
  out: string | null;
}

interface RaceMemory {
  /** By their first training. */
  readonly racers: Map<number, Racer>;
  /** By training, whose it is. */
  readonly seedOf: Map<number, { readonly first: number; readonly seed: number }>;
  /** Pairs with a number of common seeds, whose test is made. */
  readonly tested: Set<string>;
  trainings: number;
  capacity: number;
  running: number;
}

/** The state of a race over seeds: see racing.ts. */
export class RaceFold implements SchedulerFold {
  readonly #rule: RaceRule;
  readonly #own: RaceMemory;
  readonly #spell: SpellValue;

  constructor(rule: RaceRule, memory: FoldMemory, spell: SpellValue) {
    this.#spell = spell;
    this.#rule = rule;
    this.#own = memory.part('race', {
      racers: new Map(),
      seedOf: new Map(),
      tested: new Set(),
      trainings: 0,
      capacity: 1,
      running: 0,
    });
  }

  planned(trainings: number): readonly RungDecision[] {
    this.#own.trainings = trainings;
    return this.#decide();
  }

  /** There is no rung below the end. */
  report(): readonly RungDecision[] {
    return [];
  }

  also({ kind, ordinal, value, further }: SearchFact): readonly RungDecision[] {
    if (kind === 'capacity') this.#own.capacity = value ?? 1;
    if (kind === 'repeat') this.#repeat(ordinal, value ?? ordinal, further?.[0] ?? 0);
    if (kind === 'result') this.#result(ordinal, value, further ?? []);
    return this.#decide();
  }

  /** Of another version: a seed that it began runs, and one that it left out is gone. */
  stands({ ordinal, kind }: RungDecision): readonly RungDecision[] {
    const racer = this.#racerOf(ordinal);
    const waiting = racer?.held.indexOf(ordinal) ?? -1;
    if (racer === undefined || waiting < 0) return [];
    racer.held.splice(waiting, 1);
    if (kind === 'promote') this.#begin(racer, ordinal);
    return this.#decide();
  }

  /** A failed seed is trained again. */
  retract(ordinal: number): void {
    const racer = this.#racerOf(ordinal);
    const seed = this.#own.seedOf.get(ordinal)?.seed;
    if (racer === undefined || seed === undefined) return;
    racer.scores.delete(seed);
    racer.groups.delete(seed);
    this.#begin(racer, ordinal);
  }

  #racerOf(ordinal: number): Racer | undefined {
    return this.#own.racers.get(this.#own.seedOf.get(ordinal)?.first ?? -1);
  }

  #repeat(ordinal: number, first: number, seed: number): void {
    if (this.#own.seedOf.has(ordinal)) return;
    const racer = this.#own.racers.get(first) ?? newRacer(first);
    this.#own.racers.set(first, racer);
    this.#own.seedOf.set(ordinal, { first, seed });
    if (racer.repeats >= this.#rule.least) racer.held.push(ordinal);
    else this.#begin(racer, ordinal);
    racer.repeats += 1;
  }

  #begin(racer: Racer, ordinal: number): void {
    if (racer.running.has(ordinal)) return;
    racer.running.add(ordinal);
    this.#own.running += 1;
  }

  #result(ordinal: number, value: number | null, groups: readonly number[]): void {
    const racer = this.#racerOf(ordinal);
    const seed = this.#own.seedOf.get(ordinal)?.seed;
    if (racer === undefined || seed === undefined) return;
    if (racer.running.delete(ordinal)) this.#own.running -= 1;
    // Another sweep may have trained one that waits here.
    const waiting = racer.held.indexOf(ordinal);
    if (waiting >= 0) racer.held.splice(waiting, 1);
    if (value === null || !Number.isFinite(value)) return;
    racer.scores.set(seed, value);
    if (groups.every(Number.isFinite)) racer.groups.set(seed, groups);
  }

  /** As many further seeds as there is room for; who is decided against is out, and makes room for nobody. */
  #decide(): readonly RungDecision[] {
    const decisions: RungDecision[] = [];
    if (this.#own.running >= aheadOf(this.#own.capacity)) return decisions;
    const leader = this.#leader();
    for (const racer of this.#waiting()) {
      if (this.#own.running >= aheadOf(this.#own.capacity)) break;
      racer.out ??= this.#against(racer, leader);
      if (racer.out !== null) {
        for (const ordinal of racer.held) decisions.push({ ordinal, rung: -1, kind: 'prune', reason: racer.out });
        racer.held.length = 0;
        continue;
      }
      const ordinal = racer.held.shift();
      if (ordinal === undefined) continue;
      decisions.push({ ordinal, rung: -1, kind: 'promote', reason: this.#undecided(racer, leader) });
      this.#begin(racer, ordinal);
    }
    return decisions;
  }

  /** Who has seeds left and none that runs: fewest seeds first, then the best mean, then the lower ordinal. */
  #waiting(): readonly Racer[] {
    return [...this.#own.racers.values()]
      .filter(({ held, running }) => held.length > 0 && running.size === 0)
      .map((racer) => ({ racer, mean: meanOf(racer) }))
      .sort(
        (a, b) => a.racer.scores.size - b.racer.scores.size || compare(b.mean, a.mean) || a.racer.first - b.racer.first,
      )
      .map(({ racer }) => racer);
  }

  #leader(): Racer | null {
    let best: Racer | null = null;
    for (const racer of this.#own.racers.values()) {
      if (racer.scores.size < this.#rule.least || racer.out !== null) continue;
      if (best === null || meanOf(racer) > meanOf(best)) best = racer;
    }
    return best;
  }

  /** Why a configuration gets no further seed; null: nothing speaks against it yet. */
  #against(racer: Racer, leader: Racer | null): string | null {
    if (racer.scores.size === 0) return 'rung -1: none of its seeds before had a result';
    if (leader === null || racer === leader) return null;
    const test = this.#test(racer, leader);
    const bound = this.#bound();
    if (test === null || test.probability >= bound) return null;
    const place = `training ${leader.first}`;
    return (
      `rung -1: behind ${place} by ${spellNumber(test.ahead)} over ${test.pairs} seeds${test.groups === 0 ? '' : ` and ${test.groups} groups of rows`}, ` +
      `p ${test.probability.toPrecision(2)} < ${bound.toPrecision(2)} (error ${this.#rule.error})`
    );
  }

  /** Once for each pair and number of common seeds: more looks would be more chances to err. */
  #test(racer: Racer, leader: Racer): RaceTest | null {
    const pairs = [...leader.scores.keys()].filter((seed) => racer.scores.has(seed)).length;
    const key = `${leader.first}/${racer.first}/${pairs}`;
    if (pairs < this.#rule.least || this.#own.tested.has(key)) return null;
    this.#own.tested.add(key);
    const all = [...this.#own.racers.values()].map(({ scores }) => scores);
    return raceTest(leader.scores, racer.scores, all, groupDifferences(leader, racer));
  }

  #bound(): number {
    const { seeds, least, error } = this.#rule;
    const rivals = Math.max(1, Math.ceil(this.#own.trainings / seeds) - 1);
    return error / (rivals * Math.max(1, seeds - least));
  }

  #undecided(racer: Racer, leader: Racer | null): string {
    const seed = `rung -1: a further seed after ${racer.scores.size}`;
    if (racer === leader) return `${seed}, the leader with ${this.#spell(meanOf(racer))}`;
    if (leader === null) return `${seed}, as nothing is known to hold it against`;
    return `${seed}: ${this.#spell(meanOf(racer))} is not decided against training ${leader.first}'s ${this.#spell(meanOf(leader))}`;
  }
}

/**
 * On each group of rows, in the mean over the seeds that both have; none where a seed has not told of the same groups.
 */
function groupDifferences(leader: Racer, rival: Racer): readonly number[] {
  const seeds = [...leader.scores.keys()].filter((seed) => rival.scores.has(seed));
  const told = seeds.map((seed) => [leader.groups.get(seed) ?? [], rival.groups.get(seed) ?? []] as const);
  const count = told[0]?.[0].length ?? 0;
  if (told.some(([own, other]) => own.length !== count || other.length !== count)) return [];
  return Array.from({ length: count }, (_, group) => {
    const sum = told.reduce((total, [own, other]) => total + (own[group] ?? 0) - (other[group] ?? 0), 0);
    return sum / told.length;
  });
}

function newRacer(first: number): Racer {
  return { first, repeats: 0, scores: new Map(), groups: new Map(), running: new Set(), held: [], out: null };
}

function meanOf({ scores }: Racer): number {
  let sum = 0;
  for (const value of scores.values()) sum += value;
  return scores.size === 0 ? Number.NEGATIVE_INFINITY : sum / scores.size;
}

/** Infinities are equal to one another. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a - b;
}
