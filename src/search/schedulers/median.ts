import { numberSetting } from '../../sweep/file/search-section.ts';
import { wholeFrom } from '../../sweep/file/number-rules.ts';
import { FoldMemory } from '../fold/fold-memory.ts';
import type { RungDecision, SchedulerFold, SchedulerKind } from '../scheduler.ts';
import { spellNumber, type SpellValue } from '../estimates/spell-value.ts';
import { readRungs, rungsField, rungsOf } from './rungs.ts';

/**
 * Median stopping: a training ends at a rung where it is worse than the median of those that reported there before it, once
 * these are `least`. Each is decided when it reports, so nobody waits. A failed one takes no part. Source: Golovin et al.,
 * Google Vizier (KDD 2017), section 3.2.2, with the value at the rung in place of the mean up to it.
 */
export const median: SchedulerKind = {
  section: {
    kind: 'median',
    example: '{kind: median, rungs: [0.25, 0.5], least: 5}',
    sentence: 'A training ends at a rung where it is worse than the median of those before it',
    fields: [
      rungsField,
      { name: 'least', expected: 'a whole number of at least 1', sentence: 'Reports that a median needs; default 5' },
    ],
    read: (section) => ({ ...readRungs(section), least: section.number('least', wholeFrom(1)) ?? 5 }),
  },
  make: (definition) => {
    const rungs = rungsOf(definition);
    const least = numberSetting(definition, 'least');
    return {
      decides: true,
      rungCount: () => rungs.deciding + 1,
      rungSteps: (length) => rungs.stepsOf(length),
      open: (_, memory = FoldMemory.empty(), spell = spellNumber) =>
        new MedianFold(rungs.deciding, least, memory, spell),
    };
  },
};

class MedianFold implements SchedulerFold {
  /** By rung that decides, the reported values in ascending order. */
  readonly #values: readonly number[][];
  readonly #least: number;
  readonly #spell: SpellValue;

  constructor(rungs: number, least: number, memory: FoldMemory, spell: SpellValue) {
    this.#values = memory.part(
      'median',
      Array.from({ length: rungs }, () => []),
    );
    this.#least = least;
    this.#spell = spell;
  }

  planned(): readonly RungDecision[] {
    return [];
  }

  retract(): void {
    // A failure has left no value.
  }

  report(ordinal: number, rung: number, value: number | null): readonly RungDecision[] {
    const before = this.#values[rung];
    if (before === undefined || value === null || Number.isNaN(value)) return [];
    const middle = medianOf(before);
    const known = before.length;
    insertAscending(before, value);
    if (known < this.#least) {
      const reason = `rung ${rung}: ${this.#spell(value)}, with ${known} before it of ${this.#least} that a median needs`;
      return [{ ordinal, rung, kind: 'promote', reason }];
    }
    const kind = value < middle ? 'prune' : 'promote';
    const reason = `rung ${rung}: ${this.#spell(value)} against the median ${this.#spell(middle)} of ${known}`;
    return [{ ordinal, rung, kind, reason }];
  }
}

function medianOf(ascending: readonly number[]): number {
  const { length } = ascending;
  const upper = ascending[Math.floor(length / 2)] ?? Number.NEGATIVE_INFINITY;
  const lower = ascending[Math.floor((length - 1) / 2)] ?? Number.NEGATIVE_INFINITY;
  return lower === upper ? lower : (lower + upper) / 2;
}

function insertAscending(values: number[], value: number): void {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  values.splice(low, 0, value);
}
