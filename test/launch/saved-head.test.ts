import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freezeRows } from '../../src/data/frozen-rows.ts';
import { demandTrainedHeads } from '../../src/launch/data/further-sets.ts';
import { present } from '../../src/base/defect.ts';
import { readFrozenConfiguration } from '../../src/adapters/peft/frozen-adapter.ts';
import { readPeftParameters } from '../../src/adapters/peft/read-adapter.ts';
import { peftTensorName } from '../../src/adapters/peft/tensor-names.ts';
import { readFloat32, readSafetensorsHeader } from '../../src/formats/safetensors.ts';
import { writeSafetensors } from '../../src/formats/write-safetensors.ts';
import { beginningOf } from '../../src/launch/base/initial-adapter.ts';
import { orderOf } from '../../src/launch/base/saved-labels.ts';
import { searchSections } from '../../src/search/search-sections.ts';
import { parseSweepFile } from '../../src/sweep/file/parse-sweep-file.ts';
import { trainingHash } from '../../src/sweep/identity.ts';
import type { BaseHead } from '../../src/sweep/vocabulary.ts';
import { taskSections } from '../../src/tasks/tasks.ts';
import type { TrainableLayout } from '../../src/train/engine/adapter-engine.ts';
import { openAdapterEngine } from '../../src/train/engine/open-adapter-engine.ts';
import { tensorLength, tensorNamed } from '../../src/train/engine/graphs/trainable-layout.ts';
import { resolvedInputs } from '../sweep/sweep-inputs.ts';
import { tinyConfiguration } from '../support/segment-run.ts';
import { writeTinyModel } from '../support/tiny-model.ts';
import { planSweep } from '../support/whole-plan.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-saved-head-'));
afterAll(() => rmSync(folder, { recursive: true }));

const hidden = 24;
/** Rows that can be told apart: 0, 0 …, 1, 1 …, 2, 2 …. */
const weights = Float32Array.from({ length: 3 * hidden }, (_, i) => Math.floor(i / hidden));
const bias = new Float32Array([10, 20, 30]);

/** The tiny model with a classifier of three labels beside it, as a saved classification model is. */
function saveBase(name: string, labels: readonly string[] | null): string {
  const place = path.join(folder, name);
  mkdirSync(place);
  writeTinyModel(place);
  const file = path.join(place, 'model.safetensors');
  const { tensors } = readSafetensorsHeader(file);
  const own = [...tensors].map(([tensor, entry]) => ({
    name: tensor,
    shape: entry.shape,
    data: readFloat32(file, tensor, entry),
  }));
  const head = [
    { name: 'classifier.weight', shape: [3, hidden], data: weights },
    { name: 'classifier.bias', shape: [3], data: bias },
  ];
  writeFileSync(file, writeSafetensors([...own, ...head], { format: 'pt' }));
  if (labels !== null) nameLabels(place, labels);
  return place;
}

function nameLabels(place: string, labels: readonly string[]): void {
  const file = path.join(place, 'config.json');
  const config: object = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ ...config, id2label: Object.fromEntries(labels.entries()) }));
}

const there = { isFile: () => true, isFolder: () => true };

function planOf(place: string, labels: readonly string[], kind: string, initAdapter = '') {
  const text = `name: s
base: org/tiny
${initAdapter === '' ? '' : `init_adapter: ${initAdapter}`}
task: {kind: ${kind}, data: {train: ./t.csv, dev: ./d.csv, ${kind === 'token-classification' ? 'tokens: words, tags: tags' : 'text: text, label: label'}}}
space: {p: [0.5]}
training: {rank: 4, alpha: 8, targets: [query]}
`;
  const definition = parseSweepFile(text, path.join(folder, 's.yaml'), there, taskSections, searchSections);
  const base = { reference: 'org/tiny', folder: place, content_hash: 'a', tokenizer_hash: 'b' };
  return planSweep(definition, resolvedInputs({ base, task: { kind, label_names: labels } }));
}

let layout: TrainableLayout;
/** Rows of a head as they are told apart: by the bias. */
async function beganWith(place: string, labels: readonly string[], kind: string, baseHead: BaseHead | undefined) {
  const adapter = { ...tinyConfiguration, targets: ['query'] };
  const task = { kind, label_names: labels };
  const engine = await openAdapterEngine({ modelFolder: place, task, adapter, threads: 1 });
  ({ layout } = engine);
  const { parameters } = engine.initialState(5, baseHead);
  await engine.close();
  return rowsOf(parameters);
}

function rowsOf(parameters: Float32Array) {
  const read = (name: string) => {
    const tensor = tensorNamed(layout, name);
    return parameters.subarray(tensor.offset, tensor.offset + tensorLength(tensor));
  };
  const weight = read('head.classifier.weight');
  return { bias: [...read('head.classifier.bias')], weight: [0, 1, 2].map((row) => weight[row * hidden]) };
}
const kinds = ['text-classification', 'multi-label-classification', 'token-classification'];

describe('a head that is saved with the base', () => {
  let named: string;
  beforeAll(() => {
    named = saveBase('named', ['Negative', 'neutral', 'positive']);
  });

  it.each(kinds)('of %s: its rows go to the labels by their names', async (kind) => {
    const labels = ['positive', 'negative', 'neutral'];
    const { begun, remarks } = beginningOf(planOf(named, labels, kind));
    expect(begun).toEqual({ base_head: [2, 0, 1] });
    expect(remarks).toEqual([
      "the base's saved classifier.weight has its labels in the order negative, neutral, positive: its rows are taken by name",
    ]);
    const rows = await beganWith(named, labels, kind, begun.base_head);
    expect(rows).toEqual({ bias: [30, 10, 20], weight: [2, 0, 1] });
  });

  it('of other labels is another task’s: a new one is drawn, and that is said', async () => {
    const labels = ['a', 'b', 'c'];
    const { begun, remarks } = beginningOf(planOf(named, labels, 'text-classification'));
    expect(begun).toEqual({ base_head: 'drawn' });
    expect(remarks).toEqual([
      "the base's saved classifier.weight is of Negative, neutral, positive, the task of a, b, c: a new one is drawn",
    ]);
    const { bias: drawn, weight } = await beganWith(named, labels, 'text-classification', 'drawn');
    expect(drawn).toEqual([0, 0, 0]);
    expect(weight).not.toEqual([0, 1, 2]);
  });

  it('in the task’s order is taken as it is, without a word and under the identity that it had', async () => {
    const labels = ['negative', 'neutral', 'positive'];
    const plan = planOf(named, labels, 'text-classification');
    expect(beginningOf(plan)).toEqual({ adapter: null, begun: {}, remarks: [] });
    const rows = await beganWith(named, labels, 'text-classification', undefined);
    expect(rows).toEqual({ bias: [10, 20, 30], weight: [0, 1, 2] });
    const { specification } = present(plan.trainings[0], 'a training');
    const reordered = { ...specification, base_head: [1, 0, 2] };
    expect(trainingHash(reordered)).not.toBe(trainingHash(specification));
  });

  it('that names nothing, or labels that are places, go by place, and that is said', () => {
    const unnamed = saveBase('unnamed', ['LABEL_0', 'LABEL_1', 'LABEL_2']);
    const plan = planOf(unnamed, ['a', 'b', 'c'], 'text-classification');
    expect(beginningOf(plan)).toMatchObject({
      begun: {},
      remarks: ["the base's saved classifier.weight does not name its labels: its rows are taken as a, b, c"],
    });
    expect(beginningOf(planOf(named, ['2', '0', '1'], 'text-classification')).begun).toEqual({ base_head: [2, 0, 1] });
  });
});

describe('the order of a saved head', () => {
  it.each([
    [['a', 'b'], ['b', 'a'], { kind: 'by_name', rows: [1, 0] }],
    [['A', 'a'], ['a', 'A'], { kind: 'by_name', rows: [1, 0] }],
    [['NEG', 'POS'], ['pos', 'neg'], { kind: 'by_name', rows: [1, 0] }],
    [null, ['b', 'a'], { kind: 'by_place', rows: [0, 1] }],
    [null, ['1', '0'], { kind: 'by_place', rows: [1, 0] }],
    [['1', '0'], ['neg', 'pos'], { kind: 'by_place', rows: [1, 0] }],
    [['0', '1'], ['0', '1'], { kind: 'by_name', rows: [0, 1] }],
    [['neg', 'pos'], ['bad', 'good'], { kind: 'others' }],
    [['neg', 'pos'], ['neg', 'good'], { kind: 'others' }],
  ])('%j for the labels %j', (saved, labels, order) => {
    expect(orderOf(saved, labels)).toEqual(order);
  });
});

describe('a head that is saved with an adapter', () => {
  let base: string;
  let adapter: string;
  beforeAll(async () => {
    base = path.join(folder, 'plain');
    mkdirSync(base);
    writeTinyModel(base);
    await beganWith(base, ['a', 'b', 'c'], 'text-classification', undefined);
    adapter = path.join(folder, 'adapter');
    mkdirSync(adapter);
    const tensors = layout.tensors.map(({ name, shape }) => {
      const plain = new Float32Array(tensorLength({ shape }));
      const data = name === 'head.classifier.weight' ? weights : name === 'head.classifier.bias' ? bias : plain;
      return { name: peftTensorName('lora', name), shape, data };
    });
    writeFileSync(path.join(adapter, 'adapter_model.safetensors'), writeSafetensors(tensors, { format: 'pt' }));
    const config = { peft_type: 'LORA', r: 4, lora_alpha: 8, base_model_name_or_path: 'org/tiny' };
    writeFileSync(path.join(adapter, 'adapter_config.json'), JSON.stringify(config));
  });

  it.each(kinds)('of %s: its rows go to the labels by their names', (kind) => {
    writeFileSync(path.join(adapter, 'dropsweep.json'), JSON.stringify({ label_names: ['a', 'b', 'c'] }));
    const inOrder = beginningOf(planOf(base, ['a', 'b', 'c'], kind, adapter));
    const other = beginningOf(planOf(base, ['c', 'a', 'b'], kind, adapter));
    expect(other.begun.init_adapter?.hash).not.toBe(inOrder.begun.init_adapter?.hash);
    expect(other.remarks).toEqual([
      "init_adapter's saved classifier.weight has its labels in the order a, b, c: its rows are taken by name",
    ]);
    const rowsIn = (bytes: Uint8Array = new Uint8Array()) => {
      const file = path.join(folder, 'frozen');
      writeFileSync(file, bytes);
      return rowsOf(readPeftParameters(file, readFrozenConfiguration(file), layout));
    };
    expect(rowsIn(inOrder.adapter?.bytes)).toEqual({ bias: [10, 20, 30], weight: [0, 1, 2] });
    expect(rowsIn(other.adapter?.bytes)).toEqual({ bias: [30, 10, 20], weight: [2, 0, 1] });
  });

  it('of other labels is refused with both lists and a way out', () => {
    writeFileSync(path.join(adapter, 'dropsweep.json'), JSON.stringify({ label_names: ['a', 'b', 'c'] }));
    expect(() => beginningOf(planOf(base, ['x', 'a', 'b'], 'text-classification', adapter))).toThrow(
      /WEIGHTS_INVALID.*other labels\n.*where: task\.labels, init_adapter .*\n.*got: x, a, b\n.*expected: a, b, c, in any order\n.*to do: /,
    );
  });

  it('that names nothing goes by place, and config.json beside it names it', () => {
    rmSync(path.join(adapter, 'dropsweep.json'));
    const unnamed = beginningOf(planOf(base, ['c', 'a', 'b'], 'text-classification', adapter));
    expect(unnamed.remarks).toEqual([
      "init_adapter's saved classifier.weight does not name its labels: its rows are taken as c, a, b",
    ]);
    writeFileSync(path.join(adapter, 'config.json'), JSON.stringify({ id2label: { 0: 'b', 1: 'c', 2: 'a' } }));
    const named = beginningOf(planOf(base, ['c', 'a', 'b'], 'text-classification', adapter));
    expect(named.remarks[0]).toMatch(/in the order b, c, a/);
  });
});

it('a further set of its own task is read by the labels that the head was trained with', () => {
  const place = path.join(folder, 'trained');
  mkdirSync(place);
  writeTinyModel(place);
  const specification = present(
    planOf(place, ['a', 'b'], 'text-classification').trainings[0],
    'a training',
  ).specification;
  const judge = (labels: readonly string[]) => {
    const data = {
      kind: 'files',
      train: [],
      dev: ['d.csv'],

      columns: { text: 'text', label: 'label' },
    } as const;
    const definition = { name: 'other', own_task: true, task: { kind: 'text-classification', data, split_seed: 0 } };
    const loaded = { task: { kind: 'classification', label_names: labels }, rows: [], notes: [] };
    demandTrainedHeads(place, [{ definition, loaded, frozen: freezeRows([]) }], specification);
  };
  expect(() => judge(['a', 'b'])).not.toThrow();
  expect(() => judge(['b', 'a'])).toThrow(
    /DATA_INVALID.*other labels than .*\n.*where: evaluation\.sets\.other\.task\n.*got: b, a\n.*expected: a, b, in this order/,
  );
});
