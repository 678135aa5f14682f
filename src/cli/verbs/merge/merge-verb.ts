import { verb } from '../../verb.ts';
import { integer, list, outcomeOutput, text } from '../../output/verb-output.ts';
import { forceFlag, formatFlag, optionalSweep, parseCount, parseText } from '../../verb-parameters.ts';
import type { MergeFlags } from './merge.ts';

export const mergeVerb = verb<MergeFlags, [string?]>(
  {
    name: 'merge',
    words: '[SWEEP]',
    brief: "a trial's adapter and its base as one model, for transformers or as one ONNX file",
    examples: [
      'dropsweep merge my-sweep --trial 7 --out ./model',
      'dropsweep merge my-sweep --trial 7 --as onnx --out ./model',
    ],
    output: outcomeOutput(
      text('sweep', 'its name'),
      integer('trial', 'its number'),
      text('as', 'transformers or onnx'),
      text('folder', 'of the model'),
      list('files', 'in it'),
      list('notes', 'what the model is not, or is not any more, in sentences'),
    ),
  },
  {
    flags: {
      trial: { kind: 'parsed', parse: parseCount, brief: 'number of the trial' },
      as: {
        kind: 'enum',
        values: ['transformers', 'onnx'],
        default: 'transformers',
        brief: 'onnx: base, adapter, head and all members as they were scored, for onnxruntime',
      },
      out: { kind: 'parsed', parse: parseText, brief: 'folder of the model' },
      force: forceFlag,
      format: formatFlag,
    },
    positional: optionalSweep,
  },
  async () => (await import('./merge.ts')).merge,
);
