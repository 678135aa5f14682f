import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { sharedFolder } from '../support/shared-folder.ts';
import { runCase } from './run-case.ts';

const golden = sharedFolder('golden') ?? '';

/** Weights as they lie [out, in] and, GPT-2's, [in, out]; with and without biases; both kinds of loss; pooled rows. */
const cases = [
  'bert-seqcls-lora',
  'bert-qa-adalora',
  'bert-wide-seqcls-lora',
  'deberta-v3-seqcls-lora',
  'gpt2-lm-lora',
  'llama-lm-lora',
];

describe.skipIf(golden === '')('a base in float16 (skipped without ../shared/golden)', () => {
  it.each(cases)('%s meets the reference vectors of float32 within what float16 rounds', async (name) => {
    const { misses, measures } = await runCase(path.join(golden, name), 1, undefined, 'cpu', 'float16');
    expect(misses).toEqual([]);
    // Nothing is rounded where the base is float32.
    for (const { kind, compared, worst } of measures) {
      expect(compared, kind).toBeGreaterThan(0);
      expect(worst, kind).toBeGreaterThan(0);
    }
  });

  it('is refused for an ONNX file, as every precision but float32', async () => {
    const folder = path.join(golden, 'bert-seqcls-lora');
    await expect(runCase(folder, 1, 'model.script.onnx', 'cpu', 'float16')).rejects.toThrow(
      /MODEL_UNSUPPORTED[^]*float16[^]*leave out base_precision/,
    );
  });
});
