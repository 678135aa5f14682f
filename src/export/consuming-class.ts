import { DropsweepError } from '../base/errors.ts';
import type { OpenedEncoder } from '../models/open-encoder.ts';
import type { TrainingSpecification } from '../sweep/vocabulary.ts';
import { taskOf } from '../tasks/tasks.ts';
import type { TrainableLayout } from '../train/engine/adapter-engine.ts';

/** A class of transformers, and the modules of its head that are trained. */
interface ConsumingClass {
  readonly name: string;
  readonly head: readonly string[];
}

interface NamedFamily {
  readonly prefix: string;
  readonly sampleHead: readonly string[];
  /** The class of its language model, where that is not the prefix and `ForCausalLM`. */
  readonly languageModel?: string;
}

/** How transformers names a family's classes, and the modules of its head of classes or targets, by model_type. */
const families: Readonly<Record<string, NamedFamily>> = {
  bert: { prefix: 'Bert', sampleHead: ['classifier'] },
  roberta: { prefix: 'Roberta', sampleHead: ['classifier.dense', 'classifier.out_proj'] },
  'xlm-roberta': { prefix: 'XLMRoberta', sampleHead: ['classifier.dense', 'classifier.out_proj'] },
  distilbert: { prefix: 'DistilBert', sampleHead: ['pre_classifier', 'classifier'] },
  electra: { prefix: 'Electra', sampleHead: ['classifier.dense', 'classifier.out_proj'] },
  'deberta-v2': { prefix: 'DebertaV2', sampleHead: ['pooler.dense', 'classifier'] },
  gpt2: { prefix: 'GPT2', sampleHead: ['score'], languageModel: 'GPT2LMHeadModel' },
  llama: { prefix: 'Llama', sampleHead: ['score'] },
  mistral: { prefix: 'Mistral', sampleHead: ['score'] },
  qwen2: { prefix: 'Qwen2', sampleHead: ['score'] },
  qwen3: { prefix: 'Qwen3', sampleHead: ['score'] },
};

/**
 * The class that PEFT or transformers will load an export into, if that class computes what was trained here.
 * @throws EXPORT_UNFAITHFUL where it would load without a word and compute something else
 */
export function consumingClass(
  consumer: 'PEFT' | 'transformers',
  { family }: Pick<OpenedEncoder, 'family'>,
  { tensors }: Pick<TrainableLayout, 'tensors'>,
  { configuration: { pooling }, task }: Pick<TrainingSpecification, 'configuration' | 'task'>,
): ConsumingClass {
  const named = families[family];
  if (named === undefined) {
    throw unfaithful(consumer, `the base is ${family}`, `a base of ${Object.keys(families).join(', ')}`);
  }
  const { objective, published } = taskOf(task);
  const head = objective.head(task);
  const usual = `${named.prefix}For${published.transformersHead}`;
  const found =
    head.of === 'next_tokens' || head.of === 'next_words' || head.of === 'vocabulary'
      ? { name: named.languageModel ?? usual, head: [] }
      : { name: usual, head: head.of === 'tokens' ? [head.linear] : named.sampleHead };
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
