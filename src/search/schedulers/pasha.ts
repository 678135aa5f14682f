import { numberSetting } from '../../sweep/file/search-section.ts';
import { aboveZero, properShare } from '../../sweep/file/number-rules.ts';
import { FoldMemory } from '../fold/fold-memory.ts';
import type { SchedulerKind } from '../scheduler.ts';
import { spellNumber } from '../estimates/spell-value.ts';
import { PashaFold } from './pasha-fold.ts';
import { readRungs, rungsField, rungsOf } from './rungs.ts';

/**
 * PASHA: asynchronous halving whose ladder grows. At first trainings go no further than the second rung; a rung more is
 * opened whenever the two topmost do not rank alike, but for what noise may swap (`noise`, or as it is seen: the 90th
 * percentile of how far those lie apart that swapped places twice or more). When all that may come has come and the two
 * topmost agree, the best goes on to its end and the others stop where they are. Ties go to the lower ordinal; who failed
 * is counted, not ranked. Source: Bohdal et al., arXiv 2207.06940, algorithm 1, section 4.2.
 */
export const pasha: SchedulerKind = {
  section: {
    kind: 'pasha',
    example: '{kind: pasha, rungs: [0.125, 0.25, 0.5], keep: 0.5}',
    sentence: 'Halving without waiting that goes further only while its two topmost rungs rank differently',
    fields: [
      { ...rungsField, sentence: `${rungsField.sentence}, two at least` },
      { name: 'keep', expected: 'a share between 0 and 1', sentence: 'Which share of a rung goes on; default 1/3' },
      {
        name: 'noise',
        expected: 'a number above 0',
        sentence: 'How far values lie apart that count as equal; default: as it is seen in curves that cross',
      },
    ],
    read: (section) => {
      const read = readRungs(section);
      const field = section.field('rungs');
      if (field !== null && read.rungs.length === 1)
        section.reading.report(field.node, field.name, 'pasha compares rungs: give two at least');
      const noise = section.number('noise', aboveZero);
      return { ...read, keep: section.number('keep', properShare) ?? 1 / 3, ...(noise === null ? {} : { noise }) };
    },
  },
  make: (definition) => {
    const rungs = rungsOf(definition);
    const keep = numberSetting(definition, 'keep');
    const noise = definition['noise'] === undefined ? null : numberSetting(definition, 'noise');
    return {
      decides: true,
      rungCount: () => rungs.deciding + 1,
      rungSteps: (length) => rungs.stepsOf(length),
      open: (_, memory = FoldMemory.empty(), spell = spellNumber) =>
        new PashaFold({ rungs: rungs.deciding, keep, noise }, memory, spell),
    };
  },
};
