import { DropsweepError } from '../base/errors.ts';
import type { OpenedEncoder } from '../models/open-encoder.ts';
import type { TrainingConfiguration } from '../sweep/vocabulary.ts';
import type { TrainableLayout } from '../train/adapter-engine.ts';

/** A class of transformers, and the modules of its head that are trained. */
interface ConsumingClass {
  readonly name: string;
  readonly head: readonly string[];
}

/** transformers' class of each family with a head of classes or targets, by config.json's model_type. */
const classes: Readonly<Record<string, ConsumingClass>> = {
  bert: { name: 'BertForSequenceClassification', head: ['classifier'] },
  roberta: { name: 'RobertaForSequenceClassification', head: ['classifier.dense', 'classifier.out_proj'] },
  'xlm-roberta': { name: 'XLMRobertaForSequenceClassification', head: ['classifier.dense', 'classifier.out_proj'] },
  distilbert: { name: 'DistilBertForSequenceClassification', head: ['pre_classifier', 'classifier'] },
  electra: { name: 'ElectraForSequenceClassification', head: ['classifier.dense', 'classifier.out_proj'] },
  'deberta-v2': { name: 'DebertaV2ForSequenceClassification', head: ['pooler.dense', 'classifier'] },
  gpt2: { name: 'GPT2ForSequenceClassification', head: ['score'] },
  llama: { name: 'LlamaForSequenceClassification', head: ['score'] },
  mistral: { name: 'MistralForSequenceClassification', head: ['score'] },
  qwen2: { name: 'Qwen2ForSequenceClassification', head: ['score'] },
  qwen3: { name: 'Qwen3ForSequenceClassification', head: ['score'] },
};

/**
 * The class that PEFT or transformers will load an export into, if that class computes what was trained here.
 * @throws EXPORT_UNFAITHFUL where it would load without a word and compute something else
 */
export function consumingClass(
  consumer: 'PEFT' | 'transformers',
  { family }: Pick<OpenedEncoder, 'family'>,
  { tensors }: Pick<TrainableLayout, 'tensors'>,
  pooling: TrainingConfiguration['pooling'],
): ConsumingClass {
  const found = classes[family];
  if (found === undefined) {
    throw unfaithful(consumer, `the base is ${family}`, `a base of ${Object.keys(classes).join(', ')}`);
  }
  if (pooling === 'mean') {
    throw unfaithful(consumer, `a head over the mean of the tokens; ${found.name} has its own`, 'pooling: family');
  }
  const trained = [...new Set(tensors.flatMap(({ name }) => headModule(name) ?? []))];
  if (trained.length !== found.head.length || trained.some((name) => !found.head.includes(name))) {
    throw unfaithful(
      consumer,
      `a head of ${trained.join(', ')}`,
      `${found.name}, whose head is ${found.head.join(', ')}`,
    );
  }
  return found;
}

/** `head.classifier.dense.weight` belongs to `classifier.dense`. */
function headModule(name: string): string | null {
  return name.startsWith('head.') ? name.slice('head.'.length, name.lastIndexOf('.')) : null;
}

function unfaithful(consumer: string, got: string, expected: string): DropsweepError {
  return new DropsweepError('EXPORT_UNFAITHFUL', `${consumer} would compute something else of this trial`, {
    where: 'export',
    got,
    expected,
    fix: 'write one ONNX file of base, adapter and head instead: dropsweep merge SWEEP --trial TRIAL --format onnx --out FOLDER',
  });
}
