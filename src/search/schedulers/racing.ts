import { formatCount } from '../../base/format-count.ts';
import { formatDuration } from '../../metrics/values/format-value.ts';
import { numberSetting } from '../../sweep/file/search-section.ts';
import { properShare, wholeFrom } from '../../sweep/file/number-rules.ts';
import { FoldMemory } from '../fold/fold-memory.ts';
import type { SchedulerKind } from '../scheduler.ts';
import { spellNumber } from '../estimates/spell-value.ts';
import { RaceFold } from './race-fold.ts';

/**
 * Racing over seeds: of each configuration the first `least` seeds are trained, and a further one only while a test has
 * not decided against it. The test is Student's against the leader (the best mean so far), one-sided and paired on the
 * seeds that both have and on the dev rows, whose sample it allows for as for that of seeds (see raceTest; where rows were
 * scored for another sweep before, or are a program's own affair, seeds alone are paired). Each pair is tested once at
 * each number of common seeds, and held to error / (rivals × looks): by Bonferroni, the configuration that is really the
 * best is stopped in at most `error` of races, however often the leader changes, where scores vary alike and normally.
 * Whoever is stopped keeps what it has, and is never taken up again. The leader is trained with all of its seeds: what is
 * said of the winner rests on all of them. Fewest seeds go first, among these the best mean, so that slots do not wait
 * for a round to end. A failed seed takes no part; a configuration whose seeds have all failed gets no further one.
 * Sources: Maron and Moore, Hoeffding races (NIPS 1993); Birattari et al., F-Race (GECCO 2002), whose tests are not
 * corrected for looking often.
 */
export const racing: SchedulerKind = {
  section: {
    kind: 'racing',
    example: '{kind: racing, error: 0.05}',
    sentence: 'Further seeds of a configuration are trained only while a paired test has not decided against it',
    fields: [
      {
        name: 'error',
        expected: 'a share between 0 and 1',
        sentence: 'In what share of races, at most, the best configuration is stopped; default 0.05',
      },
      {
        name: 'least',
        expected: 'a whole number of at least 2',
        sentence: 'Seeds that every configuration is trained with; default 2',
      },
    ],
    read: (section) => ({
      error: section.number('error', properShare) ?? 0.05,
      least: section.number('least', wholeFrom(2)) ?? 2,
    }),
  },
  make: (definition) => {
    const error = numberSetting(definition, 'error');
    const least = numberSetting(definition, 'least');
    return {
      decides: true,
      rungCount: () => 1,
      rungSteps: ({ steps }) => [steps],
      open: (seeds = 1, memory = FoldMemory.empty(), spell = spellNumber) =>
        new RaceFold({ seeds, least, error }, memory, spell),
      repeats: { least: least + 1, heldFrom: least },
      pairsRows: true,
      sentence: ({ trainings, pruned, configurations, seeds, savedSeconds }) =>
        `Racing over seeds: ${pruned} of ${trainings} trainings were not needed, about ` +
        `${formatDuration(1_000 * savedSeconds)} of training; the best configuration is stopped in ` +
        `at most ${Number((100 * error).toPrecision(3))} % of races (t paired over seeds and dev rows, corrected for ` +
        `${formatCount(Math.max(1, configurations - 1), 'rival')} and ${formatCount(seeds - least, 'look')}).`,
    };
  },
};
