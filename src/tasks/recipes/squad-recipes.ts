import type { Recipe, RecipeFields } from '../../sweep/recipe.ts';
import { questionAnswering } from '../question-answering/task.ts';

interface SquadSetting {
  readonly version: string;
  readonly data: RecipeFields;
  readonly epochs: number;
  /** t_i and t_f as shares of the steps. */
  readonly phases: readonly [warmup: number, final: number];
}

const settings: readonly SquadSetting[] = [
  { version: 'v1.1', data: { hub: 'rajpurkar/squad' }, epochs: 10, phases: [0.09, 0.452] },
  { version: 'v2.0', data: { hub: 'rajpurkar/squad_v2', config: 'squad_v2' }, epochs: 12, phases: [0.051, 0.506] },
];

/**
 * AdaLoRA's settings of DeBERTaV3-base on SQuAD (arXiv 2303.10512, appendix: rate, epochs, batch and length), and LoRA in the
 * same. Phases are t_i = 5,000 steps, and of the last 25,000 (v1.1) and 50,000 (v2.0) none is pruned, as shares of all
 * steps; ΔT, γ, α and the warm-up of the rate are our own choice after the settings on GLUE, not checked against the
 * authors' scripts.
 */
export const squadRecipes: readonly Recipe[] = settings.flatMap((each) => {
  const [allocation_warmup_fraction, allocation_final_fraction] = each.phases;
  const adalora = {
    adapter: 'adalora',
    rank: 12,
    target_rank: 8,
    orthogonality: 0.1,
    allocation_warmup_fraction,
    allocation_final_fraction,
    allocation_interval: 100,
  };
  const title = `SQuAD ${each.version}`;
  return [
    {
      name: `adalora/squad-${each.version}`,
      sentence: `AdaLoRA’s own setting of ${title}`,
      fields: fieldsOf(each, adalora),
    },
    {
      name: `lora/squad-${each.version}`,
      sentence: `LoRA of rank 8 in AdaLoRA’s setting of ${title}`,
      fields: fieldsOf(each, { adapter: 'lora', rank: 8 }),
    },
  ];
});

function fieldsOf({ data, epochs }: SquadSetting, adapter: RecipeFields): RecipeFields {
  return {
    task: { kind: questionAnswering.section.kind, stride: 128, data },
    training: {
      ...adapter,
      alpha: 16,
      targets: 'all-linear',
      learning_rate: 1e-3,
      schedule: 'linear',
      warmup_steps: 1000,
      batch_size: 16,
      epochs,
      max_length: 384,
    },
  };
}
