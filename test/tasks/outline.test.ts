import { rmSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { openTokenizer } from '../../src/data/tokens/open-tokenizer.ts';
import { taskOf } from '../../src/tasks/tasks.ts';
import { SegmentBench } from '../support/segment-run.ts';
import { tinyTasks } from '../support/tiny-tasks.ts';

/** Scores that look at tokens: which are a response's, where a window's words begin. */
const readTokens = ['question-answering', 'token-classification', 'language-modelling'];

describe('what reports read of the rows of', () => {
  const folders: string[] = [];
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true });
  });

  for (const [kind, task] of Object.entries(tinyTasks)) {
    const own = taskOf(task.shape);
    if (readTokens.includes(kind)) {
      it(`${kind} is made of their tokens`, () => expect(own).not.toHaveProperty('outline'));
      continue;
    }
    it(`${kind} is what their tokens would give, without tokenising them`, async () => {
      const bench = new SegmentBench({ trainRows: 1, devRows: 12, task });
      folders.push(bench.folder);
      const request = { shape: task.shape, ...openTokenizer(bench.modelFolder), maxLength: 80 };
      const encoded = await own.encode(bench.devRows, request);
      const outlined = own.outline?.(bench.devRows, task.shape);
      const read = (inputs: typeof encoded.inputs) =>
        inputs.map(({ labels, row, outputs }) => ({ labels: [...labels], row, outputs }));
      expect(read(outlined?.inputs ?? [])).toEqual(read(encoded.inputs));
      expect(outlined?.inputs.every(({ ids }) => ids.length === 0)).toBe(true);
    });
  }
});
