import { describe, expect, it } from 'vitest';
import { guessTask } from '../../src/tasks/guess-task.ts';

const table = (rows: readonly Record<string, unknown>[]) =>
  rows.map((cells, at) => ({ cells, where: `file:${at + 2}` }));
const sentence = (number: number) => `a sentence that says something about the number ${number}`;

describe('what a table is for', () => {
  it('is told by the longest texts and a column with a usual name', () => {
    const rows = table(
      Array.from({ length: 60 }, (_, at) => ({
        id: at,
        place: 'here',
        review: sentence(at),
        sentiment: at % 3 === 0 ? 'bad' : 'good',
      })),
    );
    expect(guessTask('file', rows)).toMatchObject({
      text: 'review',
      label: 'sentiment',
      kind: 'text-classification',
      rows: 60,
      classes: [
        ['good', 40],
        ['bad', 20],
      ],
    });
  });

  it('is told by the fewest values where no name is usual, and never by what is the same everywhere', () => {
    const rows = table(
      Array.from({ length: 60 }, (_, at) => ({ source: 'web', words: sentence(at), mark: at % 2, day: at % 7 })),
    );
    expect(guessTask('file', rows)).toMatchObject({ text: 'words', label: 'mark', kind: 'text-classification' });
  });

  it('is a regression where labels are fractions, or numbers of too many values to be classes', () => {
    const fractions = table(Array.from({ length: 9 }, (_, at) => ({ text: sentence(at), score: `${at / 2}` })));
    expect(guessTask('file', fractions)).toMatchObject({ label: 'score', kind: 'text-regression', classes: [] });
    const many = table(Array.from({ length: 90 }, (_, at) => ({ text: sentence(at), target: at })));
    expect(guessTask('file', many)).toMatchObject({ kind: 'text-regression' });
    const stars = table(Array.from({ length: 90 }, (_, at) => ({ text: sentence(at), target: at % 5 })));
    expect(guessTask('file', stars)).toMatchObject({ kind: 'text-classification' });
  });

  it('is as it is named, or refused with the columns that there are', () => {
    const rows = table(
      Array.from({ length: 9 }, (_, at) => ({ title: `${at}a`, body: sentence(at), y: at % 2, z: at % 3 })),
    );
    expect(guessTask('file', rows, { text: 'title', label: 'z' })).toMatchObject({ text: 'title', label: 'z' });
    expect(() => guessTask('file', rows, { label: 'Y2' })).toThrow('there is no column Y2');
    expect(() => guessTask('file', table([{ text: 'only one row' }]))).toThrow('not to be told');
    expect(() => guessTask('file', [])).toThrow('not to be told');
  });
});
