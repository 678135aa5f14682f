import path from 'node:path';
import { describe } from 'vitest';
import { checkCase } from '../golden/check-case.ts';

/** What the reference vectors leave out; made by vectors/make-decoder-vectors.py, which says what each holds. */
const cases = ['qwen3-lm-lora', 'mistral-linear-lm-lora', 'llama3-scaling-lm-lora', 'gpt2-options-lm-lora'];

describe.each(cases)('%s', (name) => checkCase(path.join(import.meta.dirname, 'vectors', name)));
