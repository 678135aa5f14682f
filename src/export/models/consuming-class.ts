import { DropsweepError } from '../../base/errors.ts';
import type { OpenedEncoder } from '../../models/open-encoder.ts';
import type { TrainingSpecification } from '../../sweep/vocabulary.ts';
import { taskOf } from '../../tasks/tasks.ts';
import type { TrainableLayout } from '../../train/engine/adapter-engine.ts';

/** A class of transformers, and the modules of its head that are trained. */
interface ConsumingClass {
  readonly name: string;
  readonly head: readonly string[];
}

interface NamedFamily {
  readonly prefix: string;
  /** Classes whose name is not the prefix, `For` and the head's, by the head's. */
  readonly classes?: Readonly<Record<string, string>>;
}

/** How transformers names a family's classes, by model_type. */
const families: Readonly<Record<string, NamedFamily>> = {
  bert: { prefix: 'Bert' },
  roberta: { prefix: 'Roberta' },
  'xlm-roberta': { prefix: 'XLMRoberta' },
  distilbert: { prefix: 'DistilBert' },
  electra: { prefix: 'Electra' },
  'deberta-v2': { prefix: 'DebertaV2' },
  gpt2: { prefix: 'GPT2', classes: { CausalLM: 'GPT2LMHeadModel' } },
  llama: { prefix: 'Llama' },
  mistral: { prefix: 'Mistral' },
  qwen2: { prefix: 'Qwen2' },
  qwen3: { prefix: 'Qwen3' },
};

/**
 * The class that PEFT or transformers will load an export into, if that class computes what was trained here.
 * @throws EXPORT_UNFAITHFUL where it would load without a word and compute something else
 */
export function consumingClass(
  consumer: 'PEFT' | 'transformers',
  { family, encoder }: Pick<OpenedEncoder, 'family' | 'encoder'>,
  { tensors }: Pick<TrainableLayout, 'tensors'>,
  { configuration: { pooling }, task }: Pick<TrainingSpecification, 'configuration' | 'task'>,
): ConsumingClass {
  const named = families[family];
  if (named === undefined) {
    throw unfaithful(consumer, `the base is ${family}`, `a base of ${Object.keys(families).join(', ')}`);
  }
  const { objective, published } = taskOf(task);
  const { transformersHead } = published;
  const name = named.classes?.[transformersHead] ?? `${named.prefix}For${transformersHead}`;
  // Each family's own head has the modules of transformers' class, under the same names.
  const own = encoder.head(objective.head(task)).tensors.map((tensor) => moduleOf(tensor.name));
  const found = { name, head: [...new Set(own)] };
  if (pooling === 'mean') {
    throw unfaithful(consumer, `a head over the mean of the tokens; ${found.name} has its own`, 'pooling: family');
  }
  const trained = [...new Set(tensors.flatMap((tensor) => headModule(tensor.name) ?? []))];
  if (trained.length !== found.head.length || trained.some((module) => !found.head.includes(module))) {
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
  return name.startsWith('head.') ? moduleOf(name.slice('head.'.length)) : null;
}

function moduleOf(tensor: string): string {
  return tensor.slice(0, tensor.lastIndexOf('.'));
}

function unfaithful(consumer: string, got: string, expected: string): DropsweepError {
  return new DropsweepError('EXPORT_UNFAITHFUL', `${consumer} would compute something else of this trial`, {
    where: 'export',
    got,
    expected,
    fix: 'write one ONNX file of base, adapter and head instead: dropsweep merge SWEEP --trial TRIAL --as onnx --out FOLDER',
  });
}
