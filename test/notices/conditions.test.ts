import { describe, expect, it } from 'vitest';
import { readCondition, readConditions } from '../../src/notices/conditions.ts';
import type { SweepFacts } from '../../src/notices/sweep-facts.ts';

const facts: SweepFacts = {
  sweep: 's',
  state: 'running',
  finishedAt: null,
  trainings: 100,
  ended: 0,
  failed: 0,
  objective: { metric: 'accuracy', direction: 'maximize' },
  best: null,
};

/** What a condition tells, looked at in one state after the other. */
function told(text: string, first: SweepFacts, ...looks: readonly Partial<SweepFacts>[]): readonly string[] {
  const condition = readCondition(text);
  let memory = condition.begin(first);
  return looks.flatMap((change) => {
    const occurrence = condition.occurs({ ...facts, ...change }, memory);
    if (occurrence === null) return [];
    memory = occurrence.memory;
    return [occurrence.text];
  });
}

describe('conditions of notices', () => {
  it('are read in one spelling, each once', () => {
    const spelled = readConditions('end, failures>10%,failures > 0.1,best').map(({ text }) => text);
    expect(spelled).toEqual(['end', 'failures>0.1', 'best']);
  });

  it.each([
    ['ende', 'did you mean end?'],
    ['failures', 'failures>0.1, a share below 1'],
    ['failures>1', 'failures>0.1, a share below 1'],
    ['failures>150%', 'failures>0.1, a share below 1'],
    ['best>2', 'expected: best'],
    ['', 'some of end, failures>0.1, best'],
    ['end,,best', 'some of end'],
  ])('refuse %j', (text, expected) => {
    expect(() => readConditions(text)).toThrow(expected);
    expect(() => readConditions(text)).toThrow(/^USAGE/);
  });

  it('tell the end once, and a later end again', () => {
    const ended = { state: 'cancelled', finishedAt: '2026-01-01T00:00:00.000Z', ended: 7 } as const;
    const again = { state: 'completed', finishedAt: '2026-01-02T00:00:00.000Z', ended: 100, failed: 3 } as const;
    expect(told('end', facts, {}, ended, ended, {}, again, again)).toEqual([
      's is cancelled: 7 of 100 trainings ended',
      's is completed: 100 of 100 trainings ended, 3 of them failed',
    ]);
  });

  it('tell failures over a share once, and not of the first few', () => {
    const looks = [
      { ended: 1, failed: 1 },
      { ended: 9, failed: 9 },
      { ended: 20, failed: 2 },
      { ended: 20, failed: 3 },
      { ended: 30, failed: 30 },
    ];
    expect(told('failures>0.1', facts, ...looks)).toEqual([
      's: 3 of 20 trainings that have ended failed, more than 10 %',
    ]);
    expect(told('failures>0', facts, { trainings: 2, ended: 2, failed: 1 })).toHaveLength(1);
  });

  it('tell what is better than all before, in the direction of the objective', () => {
    const at = (trial: number, value: number) => ({ best: { trial, value } });
    expect(told('best', { ...facts, ...at(1, 0.5) }, at(1, 0.5), at(2, 0.75), at(2, 0.75))).toEqual([
      's: accuracy 0.75 by trial 2, the best so far, 0.5 before',
    ]);
    expect(told('best', facts, {}, at(4, 0.5))).toEqual(['s: accuracy 0.5 by trial 4, the best so far']);
    const least = { objective: { metric: 'loss', direction: 'minimize' } } as const;
    expect(
      told('best', facts, { ...least, ...at(1, 0.5) }, { ...least, ...at(2, 0.7) }, { ...least, ...at(3, 0.1) }),
    ).toEqual(['s: loss 0.5 by trial 1, the best so far', 's: loss 0.1 by trial 3, the best so far, 0.5 before']);
  });
});
