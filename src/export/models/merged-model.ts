import { updateScale } from '../../adapters/update-scale.ts';
import type { OpenedEncoder } from '../../models/open-encoder.ts';
import type { TrialRow } from '../../store/views/sweep-snapshot.ts';
import type { TaskShape } from '../../sweep/vocabulary.ts';
import { taskOf } from '../../tasks/tasks.ts';
import type { CheckpointState } from '../../train/checkpoints/checkpoint.ts';
import { adaptedWeights } from './adapted-weights.ts';
import { consumingClass } from './consuming-class.ts';
import { keptShare } from './kept-share.ts';

export interface MergedModel {
  /** config.json: the base's own, with the class, the labels and the type of the tensors. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Every tensor of the base under its name in code, the adapted ones with their update, then the head; float32. */
  readonly tensors: readonly MergedTensor[];
  /** Factor that the update was multiplied by. */
  readonly updateScale: number;
}

/** Its elements are made when they are asked for: no two tensors have to be in memory at once. */
export interface MergedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  read(): Float32Array;
}

/**
 * A trial's adapter added to its base: W + s·ΔW, times (1 − p)² unless the trial is scored `raw`, since a plain model
 * draws no masks.
 * @param baseConfig the base's config.json
 * @throws EXPORT_UNFAITHFUL where transformers has no class for the base with this head
 */
export function mergedModel(
  opened: OpenedEncoder,
  checkpoint: CheckpointState,
  trial: Pick<TrialRow, 'configuration' | 'evaluation'>,
  baseConfig: Readonly<Record<string, unknown>>,
  task: TaskShape,
): MergedModel {
  const { configuration } = trial;
  const { layout } = checkpoint;
  const { name: architecture } = consumingClass('transformers', opened, layout, { configuration, task });
  const share = keptShare(trial);
  const scale = updateScale(configuration) * share;
  const adapted = adaptedWeights(opened, checkpoint, { ...configuration, scale });
  return {
    updateScale: share,
    config: withFloat32({ ...baseConfig, architectures: [architecture], ...taskOf(task).published.config(task) }),
    tensors: [
      ...opened.weights
        .all()
        .filter(({ name }) => !layout.tensors.some((tensor) => tensor.name === `head.${name}`))
        .map(({ name, shape }) => ({ name, shape, read: () => adapted.read(name, shape) })),
      ...layout.tensors
        .filter(({ name }) => name.startsWith('head.'))
        .map(({ name, shape }) => ({ name: name.slice('head.'.length), shape, read: () => adapted.trained(name) })),
    ],
  };
}

/** What is written is float32, whatever the base's files held; a path that transformers noted down leaks a name. */
function withFloat32(config: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { torch_dtype: older, _name_or_path: _, quantization_config: __, ...others } = config;
  return { ...others, ...(older === undefined ? {} : { torch_dtype: 'float32' }), dtype: 'float32' };
}
