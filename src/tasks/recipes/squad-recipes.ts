import type { Recipe, RecipeFields } from '../../sweep/file/recipe.ts';
import { questionAnswering } from '../question-answering/task.ts';

interface SquadSetting {
  readonly version: string;
  readonly data: RecipeFields;
  readonly epochs: number;
  /** t_i and t_f as shares of the steps. */
  readonly phases: readonly [warmup: number, final: number];
  readonly source: string;
}

const inferred = 'phases are shares of steps whose number we infer of the windows';

const settings: readonly SquadSetting[] = [
  {
    version: 'v1.1',
    data: { hub: 'rajpurkar/squad' },
    epochs: 10,
    phases: [0.09, 0.452],
    source: `Rate, epochs, batch, lengths and the last steps without pruning: arXiv 2303.10512, appendix; the rest: as of v2.0, since AdaLoRA published no script of v1.1; ${inferred}`,
  },
  {
    version: 'v2.0',
    data: { hub: 'rajpurkar/squad_v2', config: 'squad_v2' },
    epochs: 12,
    phases: [0.051, 0.506],
    source: `AdaLoRA’s run_debertav3_squadv2.sh; ranks: the paper’s budget of rank 8; ${inferred}`,
  },
];

/**
 * AdaLoRA's settings of DeBERTaV3-base on SQuAD, and LoRA in the same. Of v2.0 all but the ranks stands in the script that
 * its authors published (run_debertav3_squadv2.sh: rate, epochs, batch, lengths, warm-up of the rate, α, γ, t_i = 5,000 steps,
 * the last 50,000 without pruning, ΔT, no decay; it stops after 300 steps, which is not taken); its ranks are 2 to 1, the least of the paper's budgets, ours those of its
 * budget of rank 8. There is no such script of v1.1: rate, epochs and the last 25,000 steps are the paper's (arXiv
 * 2303.10512, appendix), the rest is as of v2.0. The phases are shares of all steps, whose numbers nobody published: about
 * 55,300 and 98,900 is what we infer of the windows that 384 tokens and a stride of 128 make.
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
      sentence: `AdaLoRA’s setting of ${title}, with phases as shares of the steps that we infer`,
      source: each.source,
      fields: fieldsOf(each, adalora),
    },
    {
      name: `lora/squad-${each.version}`,
      sentence: `LoRA of rank 8 in AdaLoRA’s setting of ${title}`,
      source: each.source,
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
      weight_decay: 0,
      batch_size: 16,
      epochs,
      max_length: 384,
    },
  };
}
