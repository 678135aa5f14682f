import { type RankPattern, storedPart, storedShape } from '../../adapters/peft/rank-pattern.ts';
import { alphaOfScale } from '../../adapters/peft/singular-scale.ts';
import { peftTensorName } from '../../adapters/peft/tensor-names.ts';
import { updateScale } from '../../adapters/update-scale.ts';
import type { Encoder } from '../../models/encoder.ts';
import type { OpenedEncoder } from '../../models/open-encoder.ts';
import type { NamedTensor } from '../../formats/safetensors.ts';
import type { TrialRow } from '../../store/views/sweep-snapshot.ts';
import type { AdapterKind, TaskShape, TrainingConfiguration } from '../../sweep/vocabulary.ts';
import type { TrainableTensor } from '../../train/engine/adapter-engine.ts';
import { taskOf } from '../../tasks/tasks.ts';
import type { CheckpointState } from '../../train/checkpoints/checkpoint.ts';
import { allocationSchedule } from '../../train/engine/rank-allocation.ts';
import { tensorLength } from '../../train/engine/graphs/trainable-layout.ts';
import { consumingClass } from './consuming-class.ts';
import { keptShare } from './kept-share.ts';

export interface PeftAdapter {
  /** adapter_config.json */
  readonly config: Readonly<Record<string, unknown>>;
  /** adapter_model.safetensors */
  readonly tensors: readonly NamedTensor[];
  /** Factor that B was multiplied by. */
  readonly updateScale: number;
}

/**
 * A trial's adapter as PEFT saves one: A as [r, in], B as [out, r], AdaLoRA's Λ as [r, 1], triplets whose Λ is zero
 * left out, the head under modules_to_save. PEFT knows no masks: for a trial that is scored without them at `expected`,
 * or with an ensemble, B is multiplied by (1 − p)², so that PEFT computes the expected update; a `raw` trial's B is as
 * it was trained. What is PEFT's default is not written: older versions refuse keys that they do not know. Source:
 * peft.utils.save_and_load.get_peft_model_state_dict.
 * @param of base: what the consumer is to load the adapter onto
 * @throws EXPORT_UNFAITHFUL where PEFT would load it and compute something else
 */
export function peftAdapter(
  opened: Pick<OpenedEncoder, 'encoder' | 'family'>,
  checkpoint: CheckpointState,
  trial: Pick<TrialRow, 'configuration' | 'evaluation' | 'totalSteps'>,
  { base, task }: { readonly base: string; readonly task: TaskShape },
): PeftAdapter {
  const { configuration } = trial;
  consumingClass('PEFT', opened, checkpoint.layout, { configuration, task });
  const share = keptShare(trial);
  const { modules, tensors } = checkpoint.layout;
  const { parameters } = checkpoint.state;
  const heads = new Set(tensors.flatMap(({ name }) => headModule(name) ?? []));
  const pattern = rankPattern(tensors, parameters);
  return {
    updateScale: share,
    tensors: tensors.map((tensor) => {
      const values = parameters.slice(tensor.offset, tensor.offset + tensorLength(tensor));
      const scaled = tensor.name.endsWith('.lora_B') ? values.map((value) => value * share) : values;
      return {
        name: peftTensorName(configuration.adapter, tensor.name),
        shape: storedShape(pattern, tensor),
        data: storedPart(pattern, tensor, scaled),
      };
    }),
    config: {
      task_type: taskOf(task).published.peftType,
      base_model_name_or_path: base,
      // PEFT drops elements only where it trains on.
      lora_dropout: configuration.lora_dropout ?? 0,
      target_modules: modules.map(({ name }) => name),
      modules_to_save: [...heads],
      bias: 'none',
      inference_mode: true,
      ...(inputsFirst(opened.encoder, modules) ? { fan_in_fan_out: true } : {}),
      ...methodOptions[configuration.adapter](configuration, trial.totalSteps, pattern),
    },
  };
}

/** Whether the adapted linears are GPT-2's Conv1D, whose weights lie as [in, out]. */
function inputsFirst({ linears }: Encoder, modules: readonly { readonly name: string }[]): boolean {
  const adapted = new Set(modules.map(({ name }) => name));
  return linears.some(({ name, weightLayout }) => adapted.has(name) && weightLayout === 'in_out');
}

/** The options of one method in adapter_config.json. */
type MethodOptions = (
  configuration: TrainingConfiguration,
  totalSteps: number,
  pattern: RankPattern | null,
) => Readonly<Record<string, unknown>>;

const methodOptions: Readonly<Record<AdapterKind, MethodOptions>> = {
  lora: ({ rank, alpha, scaling }) => ({
    peft_type: 'LORA',
    r: rank,
    lora_alpha: alpha,
    ...(scaling === 'rank_stabilized' ? { use_rslora: true } : {}),
  }),
  // PEFT's orthogonality weight is left out: it is of the mean of the norms, not of the sum of their squares.
  adalora: (configuration, totalSteps, pattern) => {
    const { rank } = configuration;
    const schedule = allocationSchedule(configuration, totalSteps);
    return {
      peft_type: 'ADALORA',
      init_r: rank,
      target_r: schedule?.targetRank ?? rank,
      lora_alpha: alphaOfScale(updateScale(configuration), rank),
      tinit: schedule?.warmupSteps ?? 0,
      tfinal: schedule?.finalSteps ?? 0,
      deltaT: schedule?.interval ?? 1,
      beta1: schedule?.sensitivitySmoothing ?? 0.85,
      beta2: schedule?.uncertaintySmoothing ?? 0.85,
      total_step: totalSteps,
      ...(pattern === null ? {} : { rank_pattern: pattern }),
    };
  },
};

/** Which triplets Λ lets through; null where it lets all through, or there is no Λ. */
function rankPattern(tensors: readonly TrainableTensor[], parameters: Float32Array): RankPattern | null {
  const present = tensors
    .filter(({ name }) => name.endsWith('.lora_E'))
    .map((tensor) => {
      const lambda = parameters.subarray(tensor.offset, tensor.offset + tensorLength(tensor));
      return [tensor.name, Array.from(lambda, (value) => value !== 0)] as const;
    });
  return present.every(([, triplets]) => triplets.every(Boolean)) ? null : Object.fromEntries(present);
}

/** `head.classifier.weight` belongs to the module `classifier`. */
function headModule(name: string): string | null {
  return name.startsWith('head.') ? (name.split('.')[1] ?? null) : null;
}
