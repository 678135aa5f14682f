import { verb } from '../../verb.ts';
import { forceFlag, optionalSweep, parseCount, parseText } from '../../verb-parameters.ts';
import type { MergeFlags } from './merge.ts';

export const mergeVerb = verb<MergeFlags, [string?]>(
  {
    name: 'merge',
    words: '[SWEEP]',
    brief: "a trial's adapter and its base as one model, for transformers or as one ONNX file",
    examples: [
      'dropsweep merge my-sweep --trial 7 --out ./model',
      'dropsweep merge my-sweep --trial 7 --format onnx --out ./model',
    ],
    output: { kind: 'own', what: 'nothing; the files are named on standard error' },
  },
  {
    flags: {
      trial: { kind: 'parsed', parse: parseCount, brief: 'number of the trial' },
      format: {
        kind: 'enum',
        values: ['transformers', 'onnx'],
        default: 'transformers',
        brief: 'onnx: base, adapter, head and all members as they were scored, for onnxruntime',
      },
      out: { kind: 'parsed', parse: parseText, brief: 'folder of the model' },
      force: forceFlag,
    },
    positional: optionalSweep,
  },
  async () => (await import('./merge.ts')).merge,
);
