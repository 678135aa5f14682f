import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { sharedFolder } from '../support/shared-folder.ts';
import { runCase } from './run-case.ts';

const golden = sharedFolder('golden');
const cases = ['bert-seqcls-lora', 'bert-regression-lora', 'bert-qa-lora', 'bert-wide-seqcls-lora'];

describe.skipIf(golden === null).each(cases)(
  '%s of the reference vectors (skipped without ../shared/golden)',
  (name) => {
    it.each([1, 2, 4])('is met with %i threads', async (threads) => {
      const { misses, measures } = await runCase(path.join(golden ?? '', name), threads);
      expect(misses).toEqual([]);
      for (const { kind, compared } of measures) expect(compared, kind).toBeGreaterThan(0);
    });
  },
);
