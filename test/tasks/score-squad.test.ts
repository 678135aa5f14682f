import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scoreSquad } from '../../src/tasks/question-answering/score-squad.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-squad-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Official {
  readonly v1: Recorded;
  readonly v2: Recorded & { readonly na_probabilities: unknown; readonly expected_at_half: Record<string, number> };
}
interface Recorded {
  readonly dataset: unknown;
  readonly predictions: Record<string, string>;
  readonly expected: Record<string, number>;
}

describe('SQuAD’s scores', () => {
  const official: Official = JSON.parse(
    readFileSync(path.join(import.meta.dirname, 'squad', 'official-scores.json'), 'utf8'),
  );
  const written = (name: string, content: unknown): string => {
    const file = path.join(folder, name);
    writeFileSync(file, JSON.stringify(content));
    return file;
  };
  const filesOf = ({ dataset, predictions }: Recorded) => ({
    dataset: written('dataset.json', dataset),
    predictions: written('predictions.json', predictions),
  });

  // Sums of floats in another order: the last digits may differ.
  const close = (expected: Record<string, number>) =>
    Object.fromEntries(Object.entries(expected).map(([name, value]) => [name, expect.closeTo(value, 10)]));

  it('are those of evaluate-v1.1.py, and what is missing scores 0', () => {
    const { scores, notes } = scoreSquad(filesOf(official.v1));
    expect(scores).toEqual(close(official.v1.expected));
    expect(notes).toEqual(['1 question has no prediction and scores 0, such as q11.']);
  });

  it('are those of evaluate-v2.0.py, with probabilities of no answer too', () => {
    const files = filesOf(official.v2);
    expect(scoreSquad(files).scores).toEqual(close(official.v2.expected));
    const noAnswer = written('na.json', official.v2.na_probabilities);
    expect(scoreSquad({ ...files, noAnswer, threshold: 0.5 }).scores).toEqual(close(official.v2.expected_at_half));
  });

  it('say that probabilities of no answer are not used where every question has one', () => {
    const files = filesOf(official.v1);
    const { scores, notes } = scoreSquad({ ...files, noAnswer: written('na.json', {}), threshold: 0.5 });
    expect(scores).toEqual(close(official.v1.expected));
    expect(notes).toContain('No question lacks an answer: --no-answer is not used.');
  });

  it('are refused of predictions that are none', () => {
    const { dataset } = filesOf(official.v1);
    const predictions = (content: unknown) => written('predictions.json', content);
    expect(() => scoreSquad({ dataset, predictions: predictions([]) })).toThrow(/is no object/);
    expect(() => scoreSquad({ dataset, predictions: predictions({ q0: 3 }) })).toThrow(
      /predictions.json: q0[^]*got: 3/,
    );
  });
});
