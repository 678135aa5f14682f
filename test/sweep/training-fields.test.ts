import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicaliseTraining } from '../../src/sweep/canonicalise.ts';
import { checkSweepText } from '../../src/launch/read-sweep-file.ts';
import { dataFields } from '../../src/sweep/file/data-fields.ts';
import { evaluationFields } from '../../src/sweep/file/read-evaluation.ts';
import { sweepFileReference } from '../../src/sweep/file/sweep-file-reference.ts';
import { shapeOf, trainingDefaults, trainingFields } from '../../src/sweep/training-fields.ts';
import { searchSections } from '../../src/search/search-sections.ts';
import { recipes } from '../../src/tasks/recipes/recipes.ts';
import { taskSections } from '../../src/tasks/tasks.ts';
import type { TrainingConfiguration } from '../../src/sweep/vocabulary.ts';

/** Configurations with some value of the record's kind in each field. */
const configurations: fc.Arbitrary<TrainingConfiguration> = fc
  .record({
    adapter: fc.constantFrom('lora' as const, 'adalora' as const),
    dropout_rate: fc.constantFrom(0, 0.3),
    sparsity: fc.constantFrom(0, 0.1),
    train_instances: fc.integer({ min: 1, max: 4 }),
    lora_dropout: fc.constantFrom(0, 0.1),
    hidden_dropout: fc.constantFrom(0, 0.2),
    rank: fc.integer({ min: 1, max: 16 }),
    target_rank: fc.integer({ min: 1, max: 16 }),
    allocation_interval: fc.integer({ min: 1, max: 20 }),
    batch_size: fc.integer({ min: 1, max: 16 }),
    micro_batch_size: fc.integer({ min: 1, max: 20 }),
    clip_norm: fc.constantFrom(null, 1, 2),
    scaling: fc.constantFrom('standard' as const, 'rank_stabilized' as const),
  })
  .map((values) => ({ ...trainingDefaults, ...values }));

function refusalOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    return String(error);
  }
  throw new Error('nothing was refused');
}

describe('the records of training fields', () => {
  it('are what docs/sweep-file.md says', () => {
    const page = readFileSync(path.join(import.meta.dirname, '../../docs/sweep-file.md'), 'utf8');
    expect(page).toBe(sweepFileReference(taskSections, searchSections, recipes));
  });

  it.each([
    ['evaluation', 'evaluation', '{train: ./a.csv, dev: ./a.csv, text: text, label: label}'],
    ['files', 'task.data', '{train: ./a.csv, dev: ./a.csv, text: text, label: label, zz: 1}'],
    ['a data set of the hub', 'task.data', '{hub: org/name, text: text, label: label, zz: 1}'],
    ['a task of GLUE', 'task.data', '{glue: RTE, zz: 1}'],
    ['a package', 'task.data', '{package: spam-assassin, zz: 1}'],
  ])('leave out no key of %s', (_, section, data) => {
    const text = `name: s\nbase: b\ntask: {kind: text-classification, data: ${data}}\nevaluation: {zz: 1}\n`;
    const told = refusalOf(() => checkSweepText(text, 'sweep.yaml'));
    const known = new RegExp(`${section.replace('.', '\\.')}\\.zz: unknown key; known are (.*)`)
      .exec(told)?.[1]
      ?.split(', ');
    const columns = taskSections.flatMap((task) => task.columns.map(({ name }) => name));
    const documented = [...dataFields, ...evaluationFields].map(({ name }) => name).concat(columns, 'p');
    expect(known).toBeDefined();
    expect(known?.filter((name) => !documented.includes(name))).toEqual([]);
  });

  it('give equal configurations where they differ in what the record says has no effect', () => {
    const names = trainingFields.filter(({ noEffect }) => noEffect !== undefined).map(({ name }) => name);
    fc.assert(
      fc.property(configurations, fc.constantFrom(...names), (configuration, name) => {
        const field = trainingFields.find((known) => known.name === name);
        const other = { ...configuration, [name]: field?.default };
        const idle = (one: TrainingConfiguration): boolean => field?.noEffect?.when(one) === true;
        fc.pre(typeof field?.default === 'number' && idle(configuration) && idle(other));
        expect(canonicaliseTraining(other)).toEqual(canonicaliseTraining(configuration));
      }),
    );
  });

  it('have defaults that their own rules accept, and no name or alias twice', () => {
    const words = trainingFields.flatMap(({ name, alias }) => (alias === undefined ? [name] : [name, alias]));
    expect(new Set(words).size).toBe(words.length);
    for (const { form, default: value } of trainingFields) {
      const range = form.axis?.range ?? null;
      if (range !== null && typeof value === 'number') expect(range.accepts(value)).toBe(true);
    }
  });

  it('compile one graph for element-wise dropout at whatever rate, and another for each rank', () => {
    const shape = (change: Partial<TrainingConfiguration>) =>
      shapeOf({ ...trainingDefaults, ...change }, ['adapter', 'head']);
    expect(shape({ lora_dropout: 0.1 })).toEqual(shape({ lora_dropout: 0.5 }));
    expect(shape({ lora_dropout: 0 })).toEqual(shape({}));
    expect(shape({ lora_dropout: 0.1 })).not.toEqual(shape({}));
    expect(shape({ rank: 4 })).not.toEqual(shape({}));
    expect(shape({ learning_rate: 1, max_length: 5 })).toEqual(shape({}));
  });
});
