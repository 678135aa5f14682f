import { describe, expect, it } from 'vitest';
import { searchSections } from '../../src/search/search-sections.ts';
import { isSameSweep, sweepHash } from '../../src/sweep/identity.ts';
import { parseSweepFile } from '../../src/sweep/file/parse-sweep-file.ts';
import { taskSections } from '../../src/tasks/tasks.ts';
import { resolvedInputs } from './sweep-inputs.ts';

const there = { isFile: () => true, isFolder: () => true };

function sweep(lines: string) {
  const file = `name: s
base: some/model
task:
  kind: text-classification
  data: {train: ./a.csv, dev: ./b.csv, text: text, label: label}
${lines}`;
  return {
    definition: parseSweepFile(file, '/home/user/sweep.yaml', there, taskSections, searchSections),
    inputs: resolvedInputs(),
  };
}

describe('a sweep that is written in another way', () => {
  const recorded = sweep('training: {targets: [query, value], rank: 8}\nspace: {p: [0, 0.5]}\n');

  it.each([
    'training: {targets: [value, query], rank: 8.0}\nspace: {p: [0.50, 0.0]}\n',
    'training: {targets: [query, value], lora_dropout: 0, label_smoothing: 0}\nspace: {p: [0, 0.5]}\n',
    'training: {targets: [query, value], rank: 8, learning_rate: 5.0e-4}\nspace: {p: [0, 5e-1]}\n',
  ])('is the same: %s', (lines) => {
    expect(isSameSweep(recorded, sweep(lines))).toBe(true);
  });

  it.each([
    'training: {targets: [query], rank: 8}\nspace: {p: [0, 0.5]}\n',
    'training: {targets: [query, value], rank: 8, lora_dropout: 0.1}\nspace: {p: [0, 0.5]}\n',
    'training: {targets: [query, value], rank: 8}\nspace: {p: [0, 0.25]}\n',
    'training: {targets: [query, value]}\nspace: {p: [0, 0.5], rank: [8]}\n',
  ])('is another where something else is searched: %s', (lines) => {
    expect(isSameSweep(recorded, sweep(lines))).toBe(false);
  });

  it('keeps the hash that it was recorded under', () => {
    const swapped = sweep('training: {targets: [value, query], rank: 8}\nspace: {p: [0, 0.5]}\n');
    expect(sweepHash(swapped.definition, swapped.inputs)).not.toBe(sweepHash(recorded.definition, recorded.inputs));
  });
});
