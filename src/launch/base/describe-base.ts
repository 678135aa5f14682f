import { formatCount } from '../../base/format-count.ts';
import { targetModules } from '../../adapters/target-modules.ts';
import { openEncoder } from '../../models/open-encoder.ts';
import type { SweepPlan } from '../../sweep/sweep-definition.ts';
import { kindsOf } from '../../sweep/training-kinds.ts';
import type { TaskShape } from '../../sweep/vocabulary.ts';
import { objectiveOf } from '../../train/engine/plan-engine.ts';

/** How many names of linears a line has room for. */
const namedAtMost = 4;

/**
 * The weights that the engine multiplies by for each token: those of the base's linears, embeddings left out, and a
 * language model's output matrix.
 */
export function encoderParametersOf(place: string, task: TaskShape): number {
  const { encoder } = openEncoder(place);
  const { head } = objectiveOf(task);
  const scored = head.of === 'next_tokens' ? encoder.hiddenSize * (encoder.vocabulary ?? 0) : 0;
  return encoder.linears.reduce((sum, { inFeatures, outFeatures }) => sum + inFeatures * outFeatures, scored);
}

/**
 * Of each choice of targets in a plan, how many linears are adapted and which; and where the checkpoint's own head is
 * another task's.
 * @throws MODEL_UNSUPPORTED where a target or a layer means nothing
 */
export function describeBase({ inputs, trainings }: SweepPlan): readonly string[] {
  const { encoder, weights } = openEncoder(inputs.base.folder);
  const names = encoder.linears.map(({ name }) => name);
  const lines = new Set<string>();
  const choices = new Map(
    kindsOf(trainings).map(({ first: { specification } }) => {
      const { configuration } = specification;
      const { targets, layers, pooling } = configuration;
      return [JSON.stringify([targets, layers, pooling]), configuration];
    }),
  );
  for (const configuration of choices.values()) {
    const { targets, layers } = configuration;
    lines.add(describeTargets(targets, layers, targetModules(names, targets, layers)));
    const { head } = objectiveOf(inputs.task, configuration);
    for (const { name, shape } of encoder.head(head).tensors) {
      const stored = weights.shapeOf(name);
      if (stored === null || stored.join() === shape.join()) continue;
      lines.add(
        `the base's saved ${name} is [${stored.join(', ')}], the task's [${shape.join(', ')}]: a new one is drawn`,
      );
    }
  }
  return [...lines];
}

function describeTargets(
  targets: readonly string[],
  layers: readonly number[] | undefined,
  modules: readonly string[],
): string {
  const where = layers === undefined ? '' : ` in layers ${layers.join(', ')}`;
  const named = modules.slice(0, namedAtMost).join(', ');
  const more = modules.length > namedAtMost ? `, … ${modules.at(-1)}` : '';
  return `targets ${targets.join(', ')}${where} adapt ${formatCount(modules.length, 'linear')}: ${named}${more}`;
}
