import { DropsweepError } from '../../base/errors.ts';

/** A file of PyTorch's that is none, or holds what a model's weights never do. */
export function checkpointInvalid(where: string, what: string, got: unknown, expected: string): DropsweepError {
  return new DropsweepError('WEIGHTS_INVALID', `a PyTorch checkpoint: ${what}`, {
    where,
    got,
    expected,
    fix: 'fetch the file again, or save the model with transformers (save_pretrained), which writes safetensors',
  });
}
