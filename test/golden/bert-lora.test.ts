import path from 'node:path';
import { describe } from 'vitest';
import { sharedFolder } from '../support/shared-folder.ts';
import { checkCase } from './check-case.ts';

const golden = sharedFolder('golden');
const cases = ['bert-seqcls-lora', 'bert-regression-lora', 'bert-qa-lora', 'bert-wide-seqcls-lora'];

describe.skipIf(golden === null).each(cases)('%s of the reference vectors (skipped without ../shared/golden)', (name) =>
  checkCase(path.join(golden ?? '', name)),
);
