import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeDifference } from '../../src/sweep/describe-difference.ts';
import { parseSweepFile } from '../../src/sweep/file/parse-sweep-file.ts';
import { resolvedInputs } from './sweep-inputs.ts';
import { searchSections } from '../../src/search/search-sections.ts';
import { taskSections } from '../../src/tasks/tasks.ts';

const file = resolve(import.meta.dirname, '../../examples/quickstart.yaml');
const text = readFileSync(file, 'utf8');

function sweep(change: (text: string) => string, inputs = resolvedInputs()) {
  return {
    definition: parseSweepFile(
      change(text),
      file,
      { isFile: () => true, isFolder: () => true },
      taskSections,
      searchSections,
    ),
    inputs,
  };
}

const recorded = sweep((same) => same);

describe('the difference between two sweeps', () => {
  it('is nothing for another order, another spelling and another way of being run', () => {
    const other = sweep(
      (same) =>
        `${same.replace('[0, 0.25, 0.5]', '[0.50, 0, 2.5e-1]').replace(' p:', ' dropout_rate:')}parallelism: 8\n`,
    );
    expect(describeDifference(recorded, other)).toEqual([]);
  });

  it('names each field with what stands in the record and what in the file', () => {
    const other = sweep((same) => same.replace('[0, 0.25, 0.5]', '[0, 0.5]').replace('epochs: 8', 'epochs: 12'));
    expect(describeDifference(recorded, other)).toEqual([
      'space.dropout_rate: [0, 0.25, 0.5] → [0, 0.5]',
      'training.epochs: 8 → 12',
    ]);
  });

  it('shows contents that changed by their hashes', () => {
    const other = sweep((same) => same, resolvedInputs({ dev: { hash: 'f'.repeat(64), rows: 400 } }));
    expect(describeDifference(recorded, other)).toEqual(['dev_rows: eeeeeeeeeeee… → ffffffffffff…']);
  });
});
