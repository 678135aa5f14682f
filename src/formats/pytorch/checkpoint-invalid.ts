import { inspect } from 'node:util';
import { DropsweepError } from '../../base/errors.ts';

const shortly = { depth: 2, breakLength: Infinity, maxArrayLength: 8, maxStringLength: 80 } as const;

/** A file of PyTorch's that is none, or holds what a model's weights never do. */
export function checkpointInvalid(where: string, what: string, got: unknown, expected: string): DropsweepError {
  return new DropsweepError('WEIGHTS_INVALID', `a PyTorch checkpoint: ${what}`, {
    where,
    // What a broken pickle made may be of any kind, and hold itself.
    got: typeof got === 'string' ? got.slice(0, 200) : inspect(got, shortly),
    expected,
    fix: 'fetch the file again, or save the model with transformers (save_pretrained), which writes safetensors',
  });
}
