import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isDecision } from '../../src/search/fold/search-event.ts';
import type { TrainingConfiguration } from '../../src/sweep/vocabulary.ts';
import { planSweep } from '../support/whole-plan.ts';
import { resolvedInputs } from '../sweep/sweep-inputs.ts';
import { definitionWritten, everyKind } from './every-kind.ts';
import { playSearch } from './play-search.ts';

/*
 * Searches hear values that are turned so that greater is better. People read of them as they were measured, whatever
 * decides.
 */

const inputs = resolvedInputs({ train: { hash: 'd'.repeat(64), rows: 3_200 } });
const space = 'space: {dropout_rate: [0, 0.3, 0.6], rank: [4, 8, 16], seed: [1, 2, 3]}';
const named = (names: string) => `objectives: [${names}]\nbudget: {no_better_since: 12}`;

/** Losses between 1 and 2, turned; no number of another kind in a reason is below 0. */
function turnedLoss({ dropout_rate: p, rank, seed }: TrainingConfiguration, rung: number): number {
  return -(1.2 + (p - 0.3) ** 2 + rank / 100 + ((seed * 37) % 11) / 500 - rung / 100);
}

const kinds = everyKind.filter(({ sampler }) => ['grid', 'tpe'].includes(sampler.kind));

describe.each(kinds)('reasons of $sampler.kind with scheduler $scheduler.kind', ({ written, scheduler }) => {
  const ways = ['loss', ...(scheduler.fields.some(({ name }) => name === 'by') ? ['loss, accuracy'] : [])];

  it.each(ways)('spell %s as it was measured', (names) => {
    const text = names === 'loss' ? written(12) : written(12).replace(/\}$/, ', by: front}');
    const definition = definitionWritten(space, named(names), text);
    const plan = planSweep(definition, inputs);
    const planned = plan.adaptive_trainings === undefined ? plan.trainings : [];
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), (turns) => {
        const { log } = playSearch(definition, inputs, turnedLoss, turns, planned);
        const reasons = log.flatMap(({ event }) =>
          isDecision(event) && event.kind !== 'suggest' ? [event.reason.replaceAll('rung -1', 'rung')] : [],
        );
        for (const reason of reasons) expect(reason).not.toMatch(/(?<!e)-\d/);
        const decided = reasons.filter((reason) => !/^(all|none)/.test(reason));
        if (scheduler.kind !== 'none' && scheduler.kind !== 'racing')
          expect(decided.some((reason) => /\b1\.\d/.test(reason))).toBe(true);
      }),
      { numRuns: 3 },
    );
  });
});
