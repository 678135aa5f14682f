import { peftTensorName } from '../adapters/peft/tensor-names.ts';
import type { NamedTensor } from '../formats/safetensors.ts';
import type { TrialRow } from '../store/sweep-snapshot.ts';
import type { TrainableTensor } from '../train/adapter-engine.ts';
import type { CheckpointState } from '../train/checkpoint.ts';

export interface PeftAdapter {
  /** adapter_config.json */
  readonly config: Readonly<Record<string, unknown>>;
  /** adapter_model.safetensors */
  readonly tensors: readonly NamedTensor[];
  /** What B was multiplied by. */
  readonly updateScale: number;
}

/**
 * A trial's adapter as PEFT saves one: A as [r, in], B as [out, r], the head under modules_to_save. PEFT knows no
 * masks: for a trial that is scored without them at `expected`, or with an ensemble, B is multiplied by (1 − p)², so
 * that PEFT computes the expected update; a `raw` trial's B is as it was trained.
 * Source: peft.utils.save_and_load.get_peft_model_state_dict.
 */
export function peftAdapter(checkpoint: CheckpointState, trial: TrialRow, base: string): PeftAdapter {
  const { configuration, evaluation } = trial;
  const updateScale = evaluation.mode === 'raw' ? 1 : (1 - evaluation.dropout_rate) ** 2;
  const { modules, tensors } = checkpoint.layout;
  const heads = new Set(tensors.flatMap(({ name }) => headModule(name) ?? []));
  return {
    updateScale,
    tensors: tensors.map((tensor) => peftTensor(tensor, checkpoint.state.parameters, updateScale)),
    config: {
      peft_type: 'LORA',
      task_type: 'SEQ_CLS',
      base_model_name_or_path: base,
      r: configuration.rank,
      lora_alpha: configuration.alpha,
      lora_dropout: 0,
      target_modules: modules.map(({ name }) => name),
      modules_to_save: [...heads],
      bias: 'none',
      fan_in_fan_out: false,
      inference_mode: true,
      init_lora_weights: true,
      use_rslora: false,
      use_dora: false,
      rank_pattern: {},
      alpha_pattern: {},
    },
  };
}

/** `head.classifier.weight` belongs to the module `classifier`. */
function headModule(name: string): string | null {
  return name.startsWith('head.') ? (name.split('.')[1] ?? null) : null;
}

function peftTensor({ name, shape, offset }: TrainableTensor, parameters: Float32Array, scale: number): NamedTensor {
  const size = shape.reduce((product, length) => product * length, 1);
  const values = parameters.slice(offset, offset + size);
  const data = name.endsWith('.lora_B') ? values.map((value) => value * scale) : values;
  return { name: peftTensorName(name), shape, data };
}
