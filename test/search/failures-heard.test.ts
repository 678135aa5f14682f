import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SearchFact } from '../../src/search/fold/search-event.ts';
import { SearchState } from '../../src/search/fold/search-state.ts';
import { resolvedInputs } from '../sweep/sweep-inputs.ts';
import { definitionWritten } from './every-kind.ts';

const definition = definitionWritten('space: {rank: [2, 4, 8]}', 'search: {kind: grid}');

describe('failures that stand', () => {
  it('are those of the log that no retry has withdrawn, rung by rung', () => {
    const facts = fc.array(
      fc.record({
        kind: fc.constantFrom('report' as const, 'result' as const, 'retract' as const),
        ordinal: fc.nat(2),
        rung: fc.nat(2),
        hasFailed: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(facts, (told) => {
        const state = new SearchState([{ definition, inputs: resolvedInputs() }]);
        const standing = new Map<string, boolean>();
        for (const { hasFailed, ...fact } of told) {
          const value = hasFailed ? null : 1;
          const heard: SearchFact = fact.kind === 'retract' ? { ...fact, value: null } : { ...fact, value };
          state.apply(heard);
          const place = `${fact.ordinal}/${fact.rung}`;
          if (fact.kind !== 'retract') standing.set(`${fact.kind} ${place}`, hasFailed);
          else for (const kind of ['report', 'result']) standing.delete(`${kind} ${place}`);
          for (const ordinal of [0, 1, 2]) {
            const rungs = [0, 1, 2].filter((rung) =>
              ['report', 'result'].some((kind) => standing.get(`${kind} ${ordinal}/${rung}`) === true),
            );
            expect(state.failuresOf(ordinal).toSorted((a, b) => a - b)).toEqual(rungs);
          }
        }
      }),
      { numRuns: 50 },
    );
  });
});
