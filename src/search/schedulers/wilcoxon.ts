import { signedRankProbability } from '../../stats/signed-rank.ts';
import { numberSetting } from '../../sweep/file/search-section.ts';
import { properShare, wholeFrom } from '../../sweep/file/number-rules.ts';
import { FoldMemory } from '../fold/fold-memory.ts';
import type { RungDecision, SchedulerFold, SchedulerKind } from '../scheduler.ts';
import type { SearchFact } from '../fold/search-event.ts';
import { spellNumber, type SpellValue } from '../estimates/spell-value.ts';
import { readRungs, rungsField, rungsOf } from './rungs.ts';

/**
 * Wilcoxon pruning: a training ends at a rung where the signed-rank test tells its configuration from the best one: the
 * best mean of results at the end, so far. Pairs are what both reached with the same seed at the same rung; a test by
 * signs and ranks alone prunes at p with log2(1 / p) pairs at least, so that few rungs need several seeds. Each
 * training is decided when it reports: nobody waits. What failed takes no part; in a tie with the best nobody is
 * pruned. Source: Optuna's WilcoxonPruner, which pairs steps alone. The p is not corrected for looking often.
 */
export const wilcoxon: SchedulerKind = {
  section: {
    kind: 'wilcoxon',
    example: '{kind: wilcoxon, rungs: [0.25, 0.5, 0.75], p: 0.1}',
    sentence: 'A training ends where a signed-rank test over rungs and seeds tells it from the best',
    fields: [
      rungsField,
      {
        name: 'p',
        expected: 'a share between 0 and 1',
        sentence: 'Below which probability a training ends, which takes log2(1 / p) pairs; default 0.1',
      },
      { name: 'least', expected: 'a whole number of at least 1', sentence: 'Pairs that a test needs; default 2' },
    ],
    read: (section) => ({
      ...readRungs(section),
      p: section.number('p', properShare) ?? 0.1,
      least: section.number('least', wholeFrom(1)) ?? 2,
    }),
  },
  make: (definition) => {
    const rungs = rungsOf(definition);
    const p = numberSetting(definition, 'p');
    const least = numberSetting(definition, 'least');
    return {
      decides: true,
      rungCount: () => rungs.deciding + 1,
      rungSteps: (length) => rungs.stepsOf(length),
      open: (_, memory = FoldMemory.empty(), spell = spellNumber) => new WilcoxonFold(p, least, memory, spell),
      repeats: { least: 0, heldFrom: null },
    };
  },
};

/** The scores of a configuration: by seed and rung, and of its ends. */
interface Candidate {
  readonly first: number;
  readonly reached: Map<string, number>;
  readonly results: Map<number, number>;
}

interface WilcoxonMemory {
  /** By their first training. */
  readonly candidates: Map<number, Candidate>;
  readonly repeats: Map<number, { readonly first: number; readonly seed: number }>;
  /** The first training of the best; null: nothing came to its end yet. */
  best: number | null;
}

class WilcoxonFold implements SchedulerFold {
  readonly #p: number;
  readonly #least: number;
  readonly #own: WilcoxonMemory;
  readonly #spell: SpellValue;

  constructor(p: number, least: number, memory: FoldMemory, spell: SpellValue) {
    this.#own = memory.part('wilcoxon', { candidates: new Map(), repeats: new Map(), best: null });
    this.#p = p;
    this.#least = least;
    this.#spell = spell;
  }

  planned(): readonly RungDecision[] {
    return [];
  }

  retract(): void {
    // A failure has left no value.
  }

  also({ kind, ordinal, rung, value, further }: SearchFact): readonly RungDecision[] {
    if (kind === 'repeat') this.#own.repeats.set(ordinal, { first: value ?? ordinal, seed: further?.[0] ?? 0 });
    if (kind === 'result' && value !== null && Number.isFinite(value)) this.#ended(ordinal, rung, value);
    return [];
  }

  report(ordinal: number, rung: number, value: number | null): readonly RungDecision[] {
    if (value === null || Number.isNaN(value)) return [];
    const own = this.#hear(ordinal, rung, value);
    const best = this.#own.candidates.get(this.#own.best ?? -1);
    const decision = (kind: RungDecision['kind'], why: string): readonly RungDecision[] => [
      { ordinal, rung, kind, reason: `rung ${rung}: ${this.#spell(value)}, ${why}` },
    ];
    if (best === undefined) return decision('promote', 'before any training came to its end');
    if (best === own) return decision('promote', 'of the best configuration');
    const differences = [...own.reached].flatMap(([key, reached]) => {
      const other = best.reached.get(key);
      return other === undefined ? [] : [differenceOf(other, reached)];
    });
    const pairs = differences.length;
    if (pairs < this.#least) return decision('promote', `${pairs} pairs with the best of ${this.#least} needed`);
    const probability = signedRankProbability(differences);
    const against = `p ${probability.toPrecision(2)} of ${pairs} pairs against training ${best.first}`;
    const isWorse = differences.reduce((sum, each) => sum + each, 0) > 0;
    return decision(isWorse && probability < this.#p ? 'prune' : 'promote', against);
  }

  #ended(ordinal: number, rung: number, value: number): void {
    const candidate = this.#hear(ordinal, rung, value);
    candidate.results.set(ordinal, value);
    let best: Candidate | null = null;
    for (const each of this.#own.candidates.values())
      if (each.results.size > 0 && (best === null || meanOf(each) > meanOf(best))) best = each;
    this.#own.best = best?.first ?? null;
  }

  #hear(ordinal: number, rung: number, value: number): Candidate {
    const { first, seed } = this.#own.repeats.get(ordinal) ?? { first: ordinal, seed: 0 };
    const candidate = this.#own.candidates.get(first) ?? { first, reached: new Map(), results: new Map() };
    this.#own.candidates.set(first, candidate);
    candidate.reached.set(`${seed}/${rung}`, value);
    return candidate;
  }
}

/** Two that are equally bad, an infinity each, are equal. */
function differenceOf(best: number, own: number): number {
  return best === own ? 0 : best - own;
}

function meanOf({ results }: Candidate): number {
  let sum = 0;
  for (const value of results.values()) sum += value;
  return sum / results.size;
}
