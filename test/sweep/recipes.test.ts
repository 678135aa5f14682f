import { describe, expect, it } from 'vitest';
import { DropsweepError } from '../../src/base/errors.ts';
import { searchSections } from '../../src/search/search-sections.ts';
import { recipeLines } from '../../src/launch/recipe-lines.ts';
import { parseSweepFile } from '../../src/sweep/file/parse-sweep-file.ts';
import { recipes } from '../../src/tasks/recipes/recipes.ts';
import { taskSections } from '../../src/tasks/tasks.ts';

const lookup = { isFile: () => true, isFolder: () => true };
const head = 'name: mine\nbase: owner/name\n';

function parse(text: string) {
  return parseSweepFile(`${head}${text}`, '/home/user/sweep.yaml', lookup, taskSections, searchSections, recipes);
}

function messageOf(text: string): string {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof DropsweepError) return error.message;
    throw error;
  }
  throw new Error('the file was taken');
}

const files = 'task: {kind: text-classification, data: {train: t.csv, dev: d.csv, text: x, label: y}}\n';

describe('a recipe', () => {
  it.each(recipes.filter(({ fields }) => 'task' in fields).map(({ name }) => name))(
    '%s is a whole sweep file with a name and a base',
    (name) => {
      const { training, recipe } = parse(`recipe: ${name}\n`);
      expect(training.learning_rate).toBeGreaterThan(1e-4);
      expect(recipe?.fields).toEqual(recipes.find((each) => each.name === name)?.fields);
    },
  );

  it('is what the same fields are that are written out', () => {
    const { recipe, ...named } = parse('recipe: adalora/rte\nspace: {p: [0, 0.5]}\n');
    const written = parse(`task: {kind: text-classification, data: {glue: RTE}}
space: {p: [0, 0.5]}
training: {adapter: adalora, rank: 12, target_rank: 8, orthogonality: 0.3, allocation_warmup_fraction: 0.154,
  allocation_final_fraction: 0.462, allocation_interval: 1, alpha: 32, targets: all-linear, learning_rate: 1.2e-3,
  schedule: linear, warmup_steps: 200, weight_decay: 0.01, batch_size: 32, epochs: 50, max_length: 320}
`);
    expect(named).toEqual(written);
    expect(recipe?.name).toBe('adalora/rte');
  });

  it('is overridden key by key, and says what was taken of it', () => {
    const definition = parse(`recipe: adalora/rte
task: {data: {folder: ./RTE, train: part}}
training: {epochs: 3, gamma: 0.5, warmup_fraction: 0.1}
space: {learning_rate: [1e-4, 1e-3]}
`);
    const { task, training, recipe } = definition;
    expect(task.data).toEqual({ kind: 'glue', task: 'RTE', folder: '/home/user/RTE', train: 'part' });
    expect(training).toMatchObject({ epochs: 3, orthogonality: 0.5, warmup_fraction: 0.1, rank: 12 });
    expect(training.warmup_steps).toBeUndefined();
    const taken = recipe?.fields['training'];
    for (const key of ['epochs', 'orthogonality', 'warmup_steps', 'learning_rate'])
      expect(taken).not.toHaveProperty(key);
    expect(taken).toHaveProperty('rank', 12);
    const lines = recipeLines(definition).join('\n');
    expect(lines).toContain('of the recipe adalora/rte:\n    task:\n      kind: text-classification');
    expect(lines).not.toContain('epochs');
  });

  it('leaves rows to a file that says where they are, and an adapter’s own fields where there is another', () => {
    const { task, training } = parse(`recipe: adalora/rte\n${files}training: {adapter: lora}\n`);
    expect(task.data.kind).toBe('files');
    expect(training).toMatchObject({ adapter: 'lora', rank: 12, epochs: 50 });
    expect(training.target_rank).toBeUndefined();
    const both = parse(`recipe: adalora/rte\n${files}space: {adapter: [lora, adalora]}\n`);
    expect(both.training.target_rank).toBe(8);
  });

  it('takes a file’s merged mappings and anchors as they are', () => {
    const { training } = parse(`recipe: without-regret
${files}training: &own {rank: 4}
space: {p: [0.5]}
`);
    expect(training).toMatchObject({ rank: 4, alpha: 32, learning_rate: 2e-4, schedule: 'constant' });
  });

  it('that is none is refused with those that there are', () => {
    expect(messageOf(`recipe: adalora/ret\n${files}`)).toMatch(
      /sweep\.yaml:3:9 recipe: got the text "adalora\/ret".*adalora\/mnli.*without-regret; did you mean adalora\/rte\?/,
    );
    expect(messageOf(`recipe: [adalora/rte]\n${files}`)).toContain('recipe: got a list');
  });

  it('tells what is wrong with its fields where it is named', () => {
    expect(messageOf('recipe: adalora/rte\ntask: {kind: text-regression}\n')).toMatch(
      /sweep\.yaml:3:9 task\.data\.glue: RTE is for task\.kind: text-classification/,
    );
  });
});

/**
 * What AdaLoRA's authors published of each task: init_warmup, final_warmup and mask_interval, γ, α, decay and warm-up of
 * NLU/scripts/run_debertav3_*.sh and NLG_QA/scripts/run_debertav3_squadv2.sh (QingruZhang/AdaLoRA); rates, epochs and
 * lengths of the paper's appendix. Inputs are the train rows of GLUE, of SQuAD its windows of 384 tokens by 128.
 */
const published = [
  ['mnli', 392_702, [5e-4, 7, 256, 32], [8000, 50_000, 100], [0.1, 16, 0, 1000]],
  ['rte', 2490, [1.2e-3, 50, 320, 32], [600, 1800, 1], [0.3, 32, 0.01, 200]],
  ['qnli', 104_743, [1.2e-3, 5, 512, 32], [2000, 8000, 100], [0.1, 32, 0.01, 500]],
  ['mrpc', 3668, [1e-3, 30, 320, 32], [600, 1800, 1], [0.1, 32, 0.01, 0.1]],
  ['qqp', 363_846, [5e-4, 5, 320, 32], [8000, 25_000, 100], [0.1, 16, 0.01, 2000]],
  ['sst-2', 67_349, [8e-4, 24, 128, 32], [6000, 22_000, 100], [0.1, 16, 0.01, 1000]],
  ['cola', 8551, [5e-4, 25, 64, 32], [800, 3500, 10], [0.1, 32, 0, 100]],
  ['sts-b', 5749, [2.2e-3, 25, 128, 32], [800, 2000, 10], [0.3, 32, 0.1, 100]],
  ['squad-v1.1', 88_524, [1e-3, 10, 384, 16], [5000, 25_000, 100], [0.1, 16, 0, 1000]],
  ['squad-v2.0', 131_754, [1e-3, 12, 384, 16], [5000, 50_000, 100], [0.1, 16, 0, 1000]],
] as const;

it.each(published)(
  'adalora/%s has the published values',
  (task, inputs, [rate, epochs, tokens, batch], [first, last, interval], [gamma, alpha, decay, warmup]) => {
    const { training } = parse(`recipe: adalora/${task}\n`);
    const steps = epochs * Math.ceil(inputs / batch);
    expect(training).toMatchObject({
      learning_rate: rate,
      epochs,
      max_length: tokens,
      batch_size: batch,
      orthogonality: gamma,
      alpha,
      weight_decay: decay,
      allocation_interval: interval,
      ...(warmup < 1 ? { warmup_fraction: warmup } : { warmup_steps: warmup }),
    });
    // The shares have three decimals.
    expect(Math.abs((training.allocation_warmup_fraction ?? 0) - first / steps)).toBeLessThan(6e-4);
    expect(Math.abs((training.allocation_final_fraction ?? 0) - last / steps)).toBeLessThan(6e-4);
  },
);
