import { describe, expect, it } from 'vitest';
import { lookAtTable } from '../../src/tasks/look-at-table.ts';

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
    expect(lookAtTable('file', rows).guess()).toMatchObject({
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
    expect(lookAtTable('file', rows).guess()).toMatchObject({
      text: 'words',
      label: 'mark',
      kind: 'text-classification',
    });
  });

  it('is a regression where labels are fractions, or numbers of too many values to be classes', () => {
    const fractions = table(Array.from({ length: 9 }, (_, at) => ({ text: sentence(at), score: `${at / 2}` })));
    expect(lookAtTable('file', fractions).guess()).toMatchObject({
      label: 'score',
      kind: 'text-regression',
      classes: [],
    });
    const many = table(Array.from({ length: 90 }, (_, at) => ({ text: sentence(at), target: at })));
    expect(lookAtTable('file', many).guess()).toMatchObject({ kind: 'text-regression' });
    const stars = table(Array.from({ length: 90 }, (_, at) => ({ text: sentence(at), target: at % 5 })));
    expect(lookAtTable('file', stars).guess()).toMatchObject({ kind: 'text-classification' });
  });

  it('is as it is named, or refused with the columns that there are', () => {
    const rows = table(
      Array.from({ length: 9 }, (_, at) => ({ title: `${at}a`, body: sentence(at), y: at % 2, z: at % 3 })),
    );
    expect(lookAtTable('file', rows).guess({ text: 'title', label: 'z' })).toMatchObject({ text: 'title', label: 'z' });
    expect(() => lookAtTable('file', rows).guess({ label: 'Y2' })).toThrow('there is no column Y2');
    expect(() => lookAtTable('file', table([{ text: 'only one row' }])).guess()).toThrow('not to be told');
    expect(() => lookAtTable('file', []).guess()).toThrow('not to be told');
  });

  it('is open where more than one column or task may be meant, the likeliest first', () => {
    const rows = table(
      Array.from({ length: 60 }, (_, at) => ({
        ...{ id: at, title: sentence(at), body: `${sentence(at)}, at length`, tag: 'x' },
        ...{ stars: at % 5, score: at % 7, lang: at % 2 === 0 ? 'en' : 'de' },
      })),
    );
    const looked = lookAtTable('file', rows);
    const kinds = ['text-classification', 'text-regression'];
    expect(looked.candidates()).toEqual({ texts: ['body', 'title'], labels: ['stars', 'score'], kinds });
    expect(looked.candidates({ text: 'title', label: 'lang' })).toEqual({
      texts: ['title'],
      labels: ['lang'],
      kinds: ['text-classification'],
    });
    expect(looked.guess({ label: 'stars', kind: 'text-regression' })).toMatchObject({ classes: [] });
    expect(() => looked.guess({ label: 'lang', kind: 'text-regression' })).toThrow(
      'labels of a regression are numbers',
    );
  });

  it('is beyond doubt in a usual table', () => {
    const rows = table(Array.from({ length: 60 }, (_, at) => ({ id: at, sentence: sentence(at), label: at % 2 })));
    expect(lookAtTable('file', rows).candidates()).toEqual({
      texts: ['sentence'],
      labels: ['label'],
      kinds: ['text-classification'],
    });
  });
});
