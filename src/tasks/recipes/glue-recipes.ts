import type { GlueName } from '../../sweep/glue-tasks.ts';
import { glueTasks } from '../../sweep/glue-tasks.ts';
import type { Recipe, RecipeFields } from '../../sweep/file/recipe.ts';
import { textClassification } from '../text-classification/task.ts';
import { textRegression } from '../text-regression/task.ts';

interface GlueSetting {
  readonly glue: GlueName;
  /** The script's rate, where it is not the paper's. */
  readonly script_rate?: number;
  readonly learning_rate: number;
  readonly epochs: number;
  readonly max_length: number;
  /** γ */
  readonly orthogonality: number;
  /** t_i and t_f as shares of the steps over the whole train set, and ΔT. */
  readonly phases: readonly [warmup: number, final: number, interval: number];
  readonly alpha: number;
  readonly weight_decay: number;
  /** Of the learning rate, in steps; below 1: as a share of them. */
  readonly warmup: number;
}

/**
 * AdaLoRA's settings of DeBERTaV3-base on GLUE: rates, epochs and lengths of the paper's table (arXiv 2303.10512,
 * appendix), which LoRA Dropout follows; γ, phases, α, decay and warm-up of the scripts that its authors published
 * (NLU/scripts of QingruZhang/AdaLoRA). Those scripts have other rates for CoLA, QQP and QNLI, ranks of the paper's least
 * budget, and a dropout before the classifier of up to 0.2, which is not taken here.
 */
const settings: readonly GlueSetting[] = [
  // task, [rate, epochs, tokens], γ, phases, [α, decay, warm-up]
  setting('MNLI', [5e-4, 7, 256], 0.1, [0.093, 0.582, 100], [16, 0, 1000]),
  setting('RTE', [1.2e-3, 50, 320], 0.3, [0.154, 0.462, 1], [32, 0.01, 200]),
  setting('QNLI', [1.2e-3, 5, 512], 0.1, [0.122, 0.489, 100], [32, 0.01, 500], 5e-4),
  setting('MRPC', [1e-3, 30, 320], 0.1, [0.174, 0.522, 1], [32, 0.01, 0.1]),
  setting('QQP', [5e-4, 5, 320], 0.1, [0.141, 0.44, 100], [16, 0.01, 2000], 8e-4),
  setting('SST-2', [8e-4, 24, 128], 0.1, [0.119, 0.435, 100], [16, 0.01, 1000]),
  setting('CoLA', [5e-4, 25, 64], 0.1, [0.119, 0.522, 10], [32, 0, 100], 8e-4),
  setting('STS-B', [2.2e-3, 25, 128], 0.3, [0.178, 0.444, 10], [32, 0.1, 100]),
];

function setting(
  glue: GlueName,
  [learning_rate, epochs, max_length]: readonly [number, number, number],
  orthogonality: number,
  phases: GlueSetting['phases'],
  [alpha, weight_decay, warmup]: readonly [number, number, number],
  script_rate?: number,
): GlueSetting {
  const other = script_rate === undefined ? {} : { script_rate };
  return { glue, learning_rate, epochs, max_length, orthogonality, phases, alpha, weight_decay, warmup, ...other };
}

/** Of each task, with AdaLoRA and with LoRA in the same setting. */
export const glueRecipes: readonly Recipe[] = settings.flatMap((each) => {
  const { glue, orthogonality, phases } = each;
  const [allocation_warmup_fraction, allocation_final_fraction, allocation_interval] = phases;
  const name = glue.toLowerCase();
  const adalora = {
    adapter: 'adalora',
    rank: 12,
    target_rank: 8,
    orthogonality,
    allocation_warmup_fraction,
    allocation_final_fraction,
    allocation_interval,
  };
  const source = sourceOf(each);
  return [
    { name: `adalora/${name}`, sentence: `AdaLoRA’s own setting of ${glue}`, source, fields: fieldsOf(each, adalora) },
    {
      name: `lora/${name}`,
      sentence: `LoRA of rank 8 in AdaLoRA’s setting of ${glue}`,
      source,
      fields: fieldsOf(each, { adapter: 'lora', rank: 8 }),
    },
  ];
});

function sourceOf({ glue, script_rate: rate }: GlueSetting): string {
  const script = `run_debertav3_${glue.toLowerCase().replaceAll('-', '')}.sh`;
  return (
    `Rate, epochs and length: arXiv 2303.10512, appendix; the rest: AdaLoRA’s ${script}, its phases as shares of its steps` +
    `${rate === undefined ? '' : `, whose own rate is ${rate}`}; ranks: the paper’s budget of rank 8`
  );
}

function fieldsOf(each: GlueSetting, adapter: RecipeFields): RecipeFields {
  const { glue, learning_rate, epochs, max_length, alpha, weight_decay, warmup } = each;
  const { kind } = (glueTasks[glue].labels === null ? textRegression : textClassification).section;
  return {
    task: { kind, data: { glue } },
    training: {
      ...adapter,
      alpha,
      targets: 'all-linear',
      learning_rate,
      schedule: 'linear',
      ...(warmup < 1 ? { warmup_fraction: warmup } : { warmup_steps: warmup }),
      weight_decay,
      batch_size: 32,
      epochs,
      max_length,
    },
  };
}
