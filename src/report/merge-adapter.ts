import { adapterMethods } from '../adapters/adapter-methods.ts';
import { updateScale } from '../adapters/update-scale.ts';
import { DropsweepError } from '../base/errors.ts';
import type { NamedTensor } from '../formats/safetensors.ts';
import type { OpenedEncoder } from '../models/open-encoder.ts';
import type { TrialRow } from '../store/sweep-snapshot.ts';
import type { CheckpointState } from '../train/checkpoint.ts';
import { tensorLength, tensorNamed } from '../train/trainable-layout.ts';

/** transformers' class of each family with a head of classes or targets. */
const classes: Readonly<Record<string, string>> = {
  bert: 'BertForSequenceClassification',
  roberta: 'RobertaForSequenceClassification',
  'xlm-roberta': 'XLMRobertaForSequenceClassification',
  distilbert: 'DistilBertForSequenceClassification',
  electra: 'ElectraForSequenceClassification',
  'deberta-v2': 'DebertaV2ForSequenceClassification',
  gpt2: 'GPT2ForSequenceClassification',
  llama: 'LlamaForSequenceClassification',
  mistral: 'MistralForSequenceClassification',
  qwen2: 'Qwen2ForSequenceClassification',
  qwen3: 'Qwen3ForSequenceClassification',
};

export interface MergedModel {
  /** What config.json says besides the base's own. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Every tensor of the base under its name in code, the adapted ones with their update, then the head; float32. */
  tensors(): Iterable<NamedTensor>;
  /** What the update was multiplied by. */
  readonly updateScale: number;
}

/**
 * A trial's adapter added to its base: W + s·ΔW, times (1 − p)² unless the trial is scored `raw`, since a plain model
 * draws no masks.
 * @param modelType of the base's config.json
 * @throws USAGE where transformers has no class for the base with this head
 */
export function mergedModel(
  { encoder, weights }: OpenedEncoder,
  checkpoint: CheckpointState,
  trial: TrialRow,
  modelType: string,
  labelNames: readonly string[],
): MergedModel {
  const { configuration, evaluation } = trial;
  const architecture = classes[modelType];
  if (architecture === undefined || configuration.pooling === 'mean') {
    throw new DropsweepError('USAGE', 'no class of transformers has this base with this head', {
      got: `${modelType}, ${configuration.pooling === 'mean' ? 'a head over the mean of the tokens' : 'its own head'}`,
      expected: `${Object.keys(classes).join(', ')}, with the head of the family`,
      fix: 'export the adapter instead: dropsweep export SWEEP --adapter TRIAL --out FOLDER',
    });
  }
  const keptShare = evaluation.mode === 'raw' ? 1 : (1 - evaluation.dropout_rate) ** 2;
  const scale = updateScale(configuration) * keptShare;
  const { layout, state } = checkpoint;
  const method = adapterMethods[configuration.adapter];
  const valuesOf = (name: string): Float32Array => {
    const tensor = tensorNamed(layout, name);
    return state.parameters.subarray(tensor.offset, tensor.offset + tensorLength(tensor));
  };
  const adapted = new Map(layout.modules.map((module) => [`${module.name}.weight`, module]));
  const inputsFirst = new Set(
    encoder.linears.flatMap(({ name, weightLayout }) => (weightLayout === 'in_out' ? [name] : [])),
  );
  return {
    updateScale: keptShare,
    config: {
      architectures: [architecture],
      ...(labelNames.length === 0 ? regressionLabels : classLabels(labelNames)),
    },
    *tensors() {
      for (const { name, shape } of weights.all()) {
        const data = weights.read(name, shape);
        const module = adapted.get(name);
        if (module !== undefined) {
          const factors = method.factors((part) => valuesOf(`${module.name}.${part}`), configuration.rank);
          addUpdate(data, factors, {
            ...module,
            rank: configuration.rank,
            scale,
            inputsFirst: inputsFirst.has(module.name),
          });
        }
        if (!layout.tensors.some((tensor) => tensor.name === `head.${name}`)) yield { name, shape, data };
      }
      for (const { name, shape } of layout.tensors) {
        if (name.startsWith('head.')) yield { name: name.slice('head.'.length), shape, data: valuesOf(name).slice() };
      }
    },
  };
}

const regressionLabels = { problem_type: 'regression', id2label: { 0: 'LABEL_0' }, label2id: { LABEL_0: 0 } };

function classLabels(names: readonly string[]): Readonly<Record<string, unknown>> {
  return {
    problem_type: 'single_label_classification',
    id2label: Object.fromEntries(names.map((name, label) => [label, name])),
    label2id: Object.fromEntries(names.map((name, label) => [name, label])),
  };
}

interface Update {
  readonly inFeatures: number;
  readonly outFeatures: number;
  readonly rank: number;
  readonly scale: number;
  readonly inputsFirst: boolean;
}

/** weight += scale · b a, summed in float64. @param a [rank, in] @param b [out, rank] */
function addUpdate(
  weight: Float32Array,
  { a, b }: { readonly a: Float32Array; readonly b: Float32Array },
  { inFeatures, outFeatures, rank, scale, inputsFirst }: Update,
): void {
  for (let row = 0; row < outFeatures; row += 1) {
    for (let column = 0; column < inFeatures; column += 1) {
      let sum = 0;
      for (let r = 0; r < rank; r += 1) sum += (b[row * rank + r] ?? 0) * (a[r * inFeatures + column] ?? 0);
      const at = inputsFirst ? column * outFeatures + row : row * inFeatures + column;
      weight[at] = (weight[at] ?? 0) + scale * sum;
    }
  }
}
