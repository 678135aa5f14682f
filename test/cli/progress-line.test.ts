import { describe, expect, it } from 'vitest';
import { counted } from '../../src/base/progress.ts';
import { ProgressLine, progressText } from '../../src/cli/output/progress-line.ts';

/** A line under test, with a clock of its own. */
function lineUnderTest(isTerminal: boolean, width = 80) {
  const told: string[] = [];
  let now = 0;
  const line = new ProgressLine(
    { isTerminal, width, line: (text) => told.push(text), foot: (text) => told.push(`~${text}`) },
    () => now,
  );
  return {
    told,
    tell: line.tell,
    end: () => line.end(),
    pass: (ms: number) => {
      now += ms;
      line.look();
      return told.splice(0);
    },
  };
}

const bytes = (done: number, of: number | null = 91_000_000) => ({ done, of, unit: 'B' });

describe('the line of what goes on', () => {
  it('stays empty for what takes under a second, then grows on a terminal with the time that is left', () => {
    const { told, tell, pass, end } = lineUnderTest(true);
    tell('fetching m', bytes(0));
    expect(pass(900)).toEqual(['~']);
    tell('fetching m', bytes(10_000_000));
    expect(told).toEqual([]);
    expect(pass(200)).toEqual(['~fetching m: 10 MB of 91 MB, 10 %, 1 s']);
    tell('fetching m', bytes(45_500_000));
    expect(pass(2_900)).toEqual(['~fetching m: 45.5 MB of 91 MB, 50 %, 4 s left']);
    end();
    expect(told.splice(0)).toEqual(['~']);
    expect(pass(10_000)).toEqual([]);
  });

  it('is a plain line each ten seconds in a pipe', () => {
    const { tell, pass, end } = lineUnderTest(false);
    tell('building the server');
    expect(pass(1_500)).toEqual(['~', 'building the server']);
    expect(pass(7_500)).toEqual([]);
    expect(pass(1_000)).toEqual(['building the server: 10 s']);
    expect(pass(5_000)).toEqual([]);
    expect(pass(60_000)).toEqual(['building the server: 1 min 15 s']);
    end();
  });

  it('begins again where less of the same is done than before: the rate is that of what goes on', () => {
    const { told, tell, pass } = lineUnderTest(true);
    const texts = (done: number) => ({ done, of: 100, unit: 'texts' });
    tell('tokenising train rows', texts(100));
    expect(pass(5_000)).toEqual(['~', '~tokenising train rows: 100 of 100 texts, 100 %, 5 s']);
    tell('tokenising train rows', texts(10));
    expect(told.splice(0)).toEqual(['~']);
    tell('tokenising train rows', texts(55));
    expect(pass(3_000)).toEqual(['~tokenising train rows: 55 of 100 texts, 55 %, 3 s left']);
  });

  it('counts what was there before into no rate, and never says more than all', () => {
    const at = (done: number, of: number | null, first = 0) =>
      progressText('x', { done, of, unit: 'rows' }, { tookMs: 10_000, first });
    expect(at(60, 100, 50)).toBe('x: 60 of 100 rows, 60 %, 40 s left');
    expect(at(50, 100, 50)).toBe('x: 50 of 100 rows, 50 %, 10 s');
    expect(at(120, 100)).toBe('x: 120 of 100 rows, 100 %, 10 s');
    expect(at(0, 0)).toBe('x: 0 of 0 rows, 100 %, 10 s');
    expect(at(7, null)).toBe('x: 7 rows, 10 s');
  });

  it('is no wider than the terminal', () => {
    const { tell, pass } = lineUnderTest(true, 30);
    tell('fetching something with a long name', bytes(1));
    const [shown = ''] = pass(1_100).slice(-1);
    expect(shown).toHaveLength(1 + 29);
  });

  it('is told of each item that is done', () => {
    const told: unknown[] = [];
    const items = [...counted(['a', 'b'], (what, amount) => told.push([what, amount?.done, amount?.of]), 'w', 'rows')];
    expect([items, told]).toEqual([
      ['a', 'b'],
      [
        ['w', 0, 2],
        ['w', 1, 2],
      ],
    ]);
  });
});
