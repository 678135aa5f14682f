import path from 'node:path';
import { describe } from 'vitest';
import { sharedFolder } from '../support/shared-folder.ts';
import { checkCase } from './check-case.ts';

const golden = sharedFolder('golden');
const cases = ['gpt2-lm-lora', 'llama-lm-lora', 'llama-tied-lm-lora', 'qwen2-lm-lora'];

describe.skipIf(golden === null).each(cases)('%s of the reference vectors (skipped without ../shared/golden)', (name) =>
  checkCase(path.join(golden ?? '', name)),
);
