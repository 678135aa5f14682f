import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FoldMemory } from '../../src/search/fold/fold-memory.ts';

describe('a fold’s memory', () => {
  it('is read as it was written: infinities, Maps, Sets, and places of a list that nothing was put into', () => {
    const memory = FoldMemory.empty();
    const curve: number[] = [];
    curve[2] = 1;
    const part = {
      worst: Number.NEGATIVE_INFINITY,
      none: null,
      seen: new Set([1, 'a']),
      of: new Map([[3, { curve }]]),
    };
    memory.within('ladder').part('rung', part);
    const again = FoldMemory.read(memory.spelled());
    expect(again.within('ladder').part('rung', {})).toStrictEqual(part);
    expect(again.spelled()).toBe(memory.spelled());
  });

  it('keeps any plain data', () => {
    // An object's `constructor` is what toStrictEqual takes for its type.
    const keys = fc.string({ minLength: 1 }).filter((key) => !['__proto__', 'constructor'].includes(key));
    const leaf = fc.oneof(
      fc.double({ noNaN: true }).filter((each) => !Object.is(each, -0)),
      fc.string(),
      fc.constant(null),
    );
    const data = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 3 },
        leaf,
        fc.array(tie('node')),
        fc.dictionary(keys, tie('node'), { noNullPrototype: true }),
        fc.array(fc.tuple(leaf, tie('node'))).map((entries) => new Map(entries)),
        fc.array(leaf).map((values) => new Set(values)),
      ),
    })).node;
    fc.assert(
      fc.property(data, (of) => {
        const memory = FoldMemory.empty();
        memory.part('part', { of });
        expect(FoldMemory.read(memory.spelled()).part('part', {})).toStrictEqual({ of });
      }),
    );
  });

  it('refuses what it would not give back as it is', () => {
    const shared = { value: 1 };
    const written = (of: unknown) => () => {
      const memory = FoldMemory.empty();
      memory.part('part', { of });
      return memory.spelled();
    };
    expect(written([shared, shared])).toThrow('in two places');
    expect(written(new Date(0))).toThrow('cannot hold a Date');
    expect(written(() => 1)).toThrow('cannot hold a function');
  });
});
