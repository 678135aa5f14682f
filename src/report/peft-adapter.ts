import { type RankPattern, storedPart, storedShape } from '../adapters/peft/rank-pattern.ts';
import { alphaOfScale } from '../adapters/peft/singular-scale.ts';
import { peftTensorName } from '../adapters/peft/tensor-names.ts';
import { updateScale } from '../adapters/update-scale.ts';
import type { NamedTensor } from '../formats/safetensors.ts';
import type { TrialRow } from '../store/sweep-snapshot.ts';
import type { AdapterKind, TrainingConfiguration } from '../sweep/vocabulary.ts';
import type { TrainableTensor } from '../train/adapter-engine.ts';
import type { CheckpointState } from '../train/checkpoint.ts';
import { allocationSchedule } from '../train/rank-allocation.ts';
import { tensorLength } from '../train/trainable-layout.ts';

export interface PeftAdapter {
  /** adapter_config.json */
  readonly config: Readonly<Record<string, unknown>>;
  /** adapter_model.safetensors */
  readonly tensors: readonly NamedTensor[];
  /** What B was multiplied by. */
  readonly updateScale: number;
}

/**
 * A trial's adapter as PEFT saves one: A as [r, in], B as [out, r], AdaLoRA's Λ as [r, 1], triplets whose Λ is zero
 * left out, the head under modules_to_save. PEFT knows no masks: for a trial that is scored without them at
 * `expected`, or with an ensemble, B is multiplied by (1 − p)², so that PEFT computes the expected update; a `raw`
 * trial's B is as it was trained.
 * Source: peft.utils.save_and_load.get_peft_model_state_dict.
 */
export function peftAdapter(checkpoint: CheckpointState, trial: TrialRow, base: string): PeftAdapter {
  const { configuration, evaluation } = trial;
  const keptShare = evaluation.mode === 'raw' ? 1 : (1 - evaluation.dropout_rate) ** 2;
  const { modules, tensors } = checkpoint.layout;
  const { parameters } = checkpoint.state;
  const heads = new Set(tensors.flatMap(({ name }) => headModule(name) ?? []));
  const pattern = rankPattern(tensors, parameters);
  return {
    updateScale: keptShare,
    tensors: tensors.map((tensor) => {
      const values = parameters.slice(tensor.offset, tensor.offset + tensorLength(tensor));
      const scaled = tensor.name.endsWith('.lora_B') ? values.map((value) => value * keptShare) : values;
      return {
        name: peftTensorName(configuration.adapter, tensor.name),
        shape: storedShape(pattern, tensor),
        data: storedPart(pattern, tensor, scaled),
      };
    }),
    config: {
      task_type: 'SEQ_CLS',
      base_model_name_or_path: base,
      // PEFT drops elements only where it trains on.
      lora_dropout: configuration.lora_dropout ?? 0,
      target_modules: modules.map(({ name }) => name),
      modules_to_save: [...heads],
      bias: 'none',
      fan_in_fan_out: false,
      inference_mode: true,
      init_lora_weights: true,
      use_dora: false,
      alpha_pattern: {},
      ...methodOptions[configuration.adapter](configuration, trial.totalSteps, pattern),
    },
  };
}

/** What adapter_config.json says of one method. */
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
    use_rslora: scaling === 'rank_stabilized',
    rank_pattern: {},
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
      use_rslora: false,
      tinit: schedule?.warmupSteps ?? 0,
      tfinal: schedule?.finalSteps ?? 0,
      deltaT: schedule?.interval ?? 1,
      beta1: schedule?.sensitivitySmoothing ?? 0.85,
      beta2: schedule?.uncertaintySmoothing ?? 0.85,
      total_step: totalSteps,
      rank_pattern: pattern,
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
