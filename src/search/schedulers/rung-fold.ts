import { numberSetting } from '../../sweep/file/search-section.ts';
import { properShare } from '../../sweep/file/number-rules.ts';
import { FoldMemory } from '../fold/fold-memory.ts';
import type { RungDecision, SchedulerFold, SchedulerKind } from '../scheduler.ts';
import { spellNumber, type SpellValue } from '../estimates/spell-value.ts';
import { FrontRung } from './front-rung.ts';
import { RankedRung, type Rung } from './ranked-rung.ts';
import { readRanking, rankingField, rankingOf, type Ranking } from '../estimates/ranking.ts';
import { readRungs, rungsField, rungsOf } from './rungs.ts';

/** A rule of who goes on: asks each rung in turn, the earliest first, for the decisions that follow now. */
export type RungRule = (rungs: readonly Rung[], keep: number, trainings: number) => readonly RungDecision[];

interface RankingKind {
  readonly kind: string;
  readonly example: string;
  readonly sentence: string;
  /** Where the sweep file does not say it: the share and how it is spelled. */
  readonly keep: { readonly share: number; readonly spelled: string };
  readonly rule: RungRule;
}

/** A scheduler of `rungs` and `keep`: all rank what reached a rung, and differ in their rule. */
export function rankingScheduler({ kind, example, sentence, keep, rule }: RankingKind): SchedulerKind {
  return {
    section: {
      kind,
      example,
      sentence,
      fields: [
        rungsField,
        {
          name: 'keep',
          expected: 'a share between 0 and 1',
          sentence: `Which share of a rung goes on; default ${keep.spelled}`,
        },
        rankingField,
      ],
      read: (section) => ({
        ...readRungs(section),
        keep: section.number('keep', properShare) ?? keep.share,
        ...readRanking(section),
      }),
    },
    make: (definition) => {
      const rungs = rungsOf(definition);
      const kept = numberSetting(definition, 'keep');
      const ranking = rankingOf(definition);
      return {
        decides: true,
        rungCount: () => rungs.deciding + 1,
        rungSteps: (length) => rungs.stepsOf(length),
        open: (_, memory = FoldMemory.empty(), spell = spellNumber) =>
          new RungFold({ rungs: rungs.deciding, keep: kept, rule, ranking }, memory, spell),
        allObjectives: ranking === 'front',
      };
    },
  };
}

interface RungFoldRule {
  /** Those that decide: all but the training's end. */
  readonly rungs: number;
  readonly keep: number;
  readonly rule: RungRule;
  readonly ranking: Ranking;
}

/** Ranks reports at each rung that decides, and applies a rule after each. */
export class RungFold implements SchedulerFold {
  readonly #rungs: readonly Rung[];
  readonly #keep: number;
  readonly #rule: RungRule;
  readonly #own: { trainings: number };

  constructor({ rungs, keep, rule, ranking }: RungFoldRule, memory: FoldMemory, spell: SpellValue) {
    this.#own = memory.part('rungs', { trainings: 0 });
    this.#rungs = Array.from({ length: rungs }, (_, rung) =>
      ranking === 'front' ? new FrontRung(rung, memory, spell) : new RankedRung(rung, memory, spell),
    );
    this.#keep = keep;
    this.#rule = rule;
  }

  planned(trainings: number): readonly RungDecision[] {
    this.#own.trainings = trainings;
    return this.#rule(this.#rungs, this.#keep, trainings);
  }

  report(
    ordinal: number,
    rung: number,
    value: number | null,
    further: readonly number[] = [],
  ): readonly RungDecision[] {
    this.#rungs[rung]?.hear(ordinal, value, further);
    return this.#rule(this.#rungs, this.#keep, this.#own.trainings);
  }

  stands({ ordinal, rung, kind }: RungDecision): readonly RungDecision[] {
    const isOther = this.#rungs[rung]?.stands(ordinal, kind) ?? false;
    return isOther ? this.#rule(this.#rungs, this.#keep, this.#own.trainings) : [];
  }

  retract(ordinal: number, rung: number): void {
    this.#rungs[rung]?.retract(ordinal);
  }
}
