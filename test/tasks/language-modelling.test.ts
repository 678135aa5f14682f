import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTokenizer } from '../../src/data/tokens/open-tokenizer.ts';
import { batchLabels, tokenBatch } from '../../src/data/batches/token-batch.ts';
import { scoreSet } from '../../src/metrics/score-set.ts';
import type { TaskDefinition } from '../../src/sweep/sweep-definition.ts';
import type { FrozenRow, TaskShape } from '../../src/sweep/vocabulary.ts';
import { openChatTemplate } from '../../src/tasks/language-modelling/chat-template.ts';
import { encode, responseTokens } from '../../src/tasks/language-modelling/encode.ts';
import { loadDataset, settledBy } from '../../src/tasks/load-dataset.ts';
import { taskOf } from '../../src/tasks/tasks.ts';
import { averageMembers } from '../../src/evaluate/evaluate-outputs.ts';
import { measureInputs } from '../../src/launch/data/measure-inputs.ts';
import { openAdapterEngine } from '../../src/train/engine/open-adapter-engine.ts';
import { tinyInstructions, writeTinyDecoder } from '../support/tiny-decoder.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-instructions-'));
  writeTinyDecoder(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

const instructions = { instruction: 'instruction', input: 'input', output: 'output' };

function load(rows: readonly unknown[], columns: Readonly<Record<string, string>> = instructions, prompt?: string) {
  const file = path.join(folder, 'rows.json');
  writeFileSync(file, JSON.stringify(rows));
  const definition: TaskDefinition = {
    kind: 'language-modelling',
    data: { kind: 'files', train: file, dev: file, columns, lenient: ['input'] },
    split_seed: 0,
    ...(prompt === undefined ? {} : { settings: { prompt } }),
  };
  return loadDataset(definition);
}

const question = { role: 'user', content: 'how is the day' };
const answer = { role: 'assistant', content: 'good .' };
const chat = { messages: [question, answer] };

/** Tokens of the first row, those that are the model's to say in brackets. */
async function written(rows: readonly FrozenRow[], shape: TaskShape, maxLength = 200): Promise<string> {
  const tokenizer = openTokenizer(folder);
  const { inputs } = await encode(rows, { shape, ...tokenizer, maxLength });
  const [input] = inputs;
  if (input === undefined) throw new Error('a row gives an input');
  const said = responseTokens(input);
  return Array.from(input.ids, (id, token) => {
    const word = tokenizer.tokenizer.idToToken(id) ?? '';
    return said.includes(token) ? `[${word}]` : word;
  })
    .filter((word) => word !== '<unk>')
    .join(' ');
}

describe('an instruction', () => {
  it('is written by Alpaca’s prompt, with its input where it has one, and ends in the token that ends texts', async () => {
    const { train, task } = await load([
      { instruction: 'say how the film is', input: 'a film', output: 'very good .' },
      { instruction: 'say', input: '', output: 'bad' },
      { instruction: 'say', output: 'bad' },
    ]);
    expect(train).toEqual([
      { instruction: 'say how the film is', input: 'a film', output: 'very good .' },
      { instruction: 'say', output: 'bad' },
      { instruction: 'say', output: 'bad' },
    ]);
    const { task: settled } = await settledBy({ train, dev: [], test: null, task, notes: [] }, folder);
    expect(settled.settings).toEqual({ prompt: 'alpaca', end_token: '</s>' });
    expect(await written(train, settled)).toMatch(
      /^<s> is .* Instruction : say how the film is Input : a film Response : \[very\] \[good\] \[\.\] \[<\/s>\]$/,
    );
  });

  it('is a chat of one question, where the file asks for that', async () => {
    const { train, task } = await load([{ instruction: 'say', input: 'a film', output: 'bad' }], instructions, 'chat');
    expect(await written(train, task)).toBe('<turn> user say a film </s> <turn> assistant [bad] [</s>]');
  });

  it('that is longer than max_length loses its end, or its beginning where the tokenizer says so', async () => {
    const { train, task } = await load([{ instruction: 'say', output: 'very good .' }]);
    const tokenizer = openTokenizer(folder);
    const whole = await encode(train, { shape: task, ...tokenizer, maxLength: 200 });
    const length = whole.inputs[0]?.ids.length ?? 0;
    expect(whole.cut).toEqual({ rows: 0, emptied: 0 });
    expect(await written(train, task, length - 1)).toMatch(/\[very\] \[good\]$/);
    const cut = await encode(train, { shape: task, ...tokenizer, maxLength: length - 3 });
    expect(cut.cut).toEqual({ rows: 1, emptied: 1 });
    const left = await encode(train, { shape: task, ...tokenizer, truncationSide: 'left', maxLength: length - 3 });
    expect(left.cut).toEqual({ rows: 1, emptied: 0 });
    expect(left.inputs[0]?.labels.at(-1)).toBe(whole.inputs[0]?.labels.at(-1));
  });
});

it('without a response is left out, and a launch is told how many are; where all are, the first is refused', async () => {
  const rows = [
    { instruction: 'say', output: 'bad' },
    { instruction: 'say how', output: '' },
    { instruction: 'how', output: ' \n' },
    { instruction: 'how is', output: 'good' },
  ];
  const { train, dev, notes, places } = await load(rows);
  expect(train.map(({ instruction }) => instruction)).toEqual(['say', 'how is']);
  expect(dev).toEqual(train);
  expect(notes).toEqual(['2 rows without a response (a blank output) are left out']);
  expect(places?.train).toHaveLength(2);
  await expect(load(rows.slice(1, 3))).rejects.toThrow(/a row has no text in output/);
  // No text at all is another column, or another file.
  await expect(load([...rows, { instruction: 'say', output: null }])).rejects.toThrow(
    /no text in output[^]*got: nothing/,
  );
});

describe('a chat', () => {
  it('is written by the model’s own template, and the assistant’s turns are the model’s to say', async () => {
    const again = { role: 'user', content: 'is the song' };
    const { train, task } = await load([{ messages: [question, answer, again, answer] }], { messages: 'messages' });
    const { task: settled } = await settledBy({ train, dev: [], test: null, task, notes: [] }, folder);
    expect(settled.settings).toEqual({ prompt: 'chat', chat_template: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(await written(train, settled)).toBe(
      '<turn> user how is the day </s> <turn> assistant [good] [.] [</s>] <turn> user is the song </s> <turn> assistant [good] [.] [</s>]',
    );
  });

  it('is written the same on every day, by templates that ask for the date too', () => {
    const chatTemplate = "\n{{ strftime_now('%Y') }}, {{ date_string }}: {{ messages[0]['content'] }}";
    const { write } = openChatTemplate({ ...openTokenizer(folder), chatTemplate });
    expect(write([question], { where: 'row 1' })).toBe('\n26 Jul 2024, 26 Jul 2024: how is the day');
  });

  it('is refused where the base here has another template than the sweep was launched with', async () => {
    const { train, task } = await load([chat], { messages: 'messages' });
    const other = { ...task, settings: { ...task.settings, chat_template: 'of another' } };
    await expect(written(train, other)).rejects.toThrow(/MODEL_UNSUPPORTED: the base’s chat template is another/);
  });

  it('is refused where a template writes earlier turns otherwise, and where it raises', async () => {
    const { train, task } = await load([{ messages: [question, answer, question, answer] }], { messages: 'messages' });
    const [tokenizer, shape] = [openTokenizer(folder), task];
    const shortened = "{% for m in messages %}{{ m['role'] if not loop.last else m['content'] }}{% endfor %}";
    await expect(encode(train, { shape, ...tokenizer, chatTemplate: shortened, maxLength: 50 })).rejects.toThrow(
      /DATA_INVALID: .*otherwise once others follow\n {2}where: row 1\n {2}got: message 2 of 4/,
    );
    const raising = "{{ raise_exception('only users') }}";
    await expect(encode(train, { shape, ...tokenizer, chatTemplate: raising, maxLength: 50 })).rejects.toThrow(
      /MODEL_UNSUPPORTED: .*does not take a chat[^]*where: row 1, message 1 of 4 \(user\)\n {2}got: only users/,
    );
    const broken = '{% for %}';
    await expect(encode(train, { shape, ...tokenizer, chatTemplate: broken, maxLength: 50 })).rejects.toThrow(
      /MODEL_UNSUPPORTED: .*cannot be read[^]*to do: correct it, or .*chat_template\.jinja/,
    );
  });

  it('that the template does not take is told by its file’s line, its row and its message, before anything is recorded', async () => {
    const turns = "{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('turns differ') }}";
    const inTurns = `{% for message in messages %}${turns}{% endif %}{{ message['content'] }}{% endfor %}`;
    const place = mkdtempSync(path.join(tmpdir(), 'dropsweep-turns-'));
    writeTinyDecoder(place, { chatTemplate: inTurns });
    const lines = (...chats: readonly unknown[]) =>
      chats.map((messages) => `${JSON.stringify({ messages })}\n`).join('');
    const [train, dev] = [path.join(folder, 'chats.jsonl'), path.join(folder, 'dev.jsonl')];
    const columns = { messages: 'messages' };
    const data = { kind: 'files', train, dev, columns } as const;
    const measured = async (...chats: readonly unknown[]) => {
      writeFileSync(train, lines([question, answer], [question, answer]));
      writeFileSync(dev, lines(...chats));
      const loaded = await loadDataset({ kind: 'language-modelling', data, split_seed: 0 });
      return measureInputs(place, await settledBy(loaded, place), [100]);
    };
    await expect(measured([question, answer], [question, answer, question, answer])).resolves.toBeDefined();
    const answeredTwice = [question, answer, answer, question];
    await expect(measured([question, answer], answeredTwice)).rejects.toThrow(
      /MODEL_UNSUPPORTED: .*does not take a chat[^]*dev\.jsonl:2 \(row 2 of dev\), message 3 of 4 \(assistant\)\n {2}got: turns differ[^]*to do: correct the chat/,
    );
    await expect(measured([{ role: 'system', content: 'be good' }, question, answer])).rejects.toThrow(
      /dev\.jsonl:1 \(row 1 of dev\), message 1 of 3 \(system\)/,
    );
    rmSync(place, { recursive: true });
  });

  it('is refused by a base without a template, before anything is recorded', async () => {
    const { train, dev, task } = await load([chat], { messages: 'messages' });
    const bare = mkdtempSync(path.join(tmpdir(), 'dropsweep-bare-'));
    writeTinyDecoder(bare, { chatTemplate: null });
    await expect(settledBy({ train, dev, test: null, task, notes: [] }, bare)).rejects.toThrow(
      /MODEL_UNSUPPORTED: the base has no chat template[^]*to do: choose such a base.*chat_template\.jinja.*prompt: alpaca/,
    );
    writeFileSync(path.join(bare, 'chat_template.jinja'), "{{ messages[0]['content'] }}");
    const { task: settled } = await settledBy({ train, dev, test: null, task, notes: [] }, bare);
    expect(settled.settings?.['chat_template']).toBeDefined();
    rmSync(bare, { recursive: true });
  });
});

describe('rows that cannot be learned from', () => {
  it.each([
    [[{ instruction: 'say', output: '' }], instructions, /no text in output/],
    [[{ instruction: ' ', output: 'bad' }], instructions, /no text in instruction/],
    [[{ instruction: 'say', input: 3, output: 'bad' }], instructions, /no text in input\n.*\n {2}got: 3/],
    [
      [{ question: 'say', output: 'bad' }],
      instructions,
      /task.data.instruction is missing\n.*\n {2}got: question, output/,
    ],
    [[{ messages: [question] }], { messages: 'messages' }, /no turn of the assistant.*\n.*\n {2}got: user/],
    [[{ messages: [] }], { messages: 'messages' }, /no turn of the assistant.*\n.*\n {2}got: no turn/],
    [
      [{ messages: [question, { ...answer, content: ' ' }] }],
      { messages: 'messages' },
      /a turn of the assistant is blank/,
    ],
    [
      [{ messages: [{ role: 'user' }] }],
      { messages: 'messages' },
      /no chat in messages\n.*\n {2}got: \[\{"role":"user"\}\]/,
    ],
    [[{ messages: 'hello' }], { messages: 'messages' }, /no chat in messages/],
  ])('are DATA_INVALID, with the place: %j', async (rows, columns, message) => {
    await expect(load(rows, columns)).rejects.toThrow(/DATA_INVALID[^]*rows.json/);
    await expect(load(rows, columns)).rejects.toThrow(message);
  });

  it('are chats that are to be written by Alpaca’s prompt', async () => {
    await expect(load([chat], { messages: 'messages' }, 'alpaca')).rejects.toThrow(
      /DATA_INVALID: chats are written by/,
    );
  });

  it('are those whose responses max_length cuts off, all of them; of some it is said', async () => {
    const short = { instruction: 'say', output: 'bad' };
    const long = { ...short, instruction: 'say '.repeat(60) };
    const dataset = await load([short, long]);
    await expect(measureInputs(folder, dataset, [12])).rejects.toThrow(
      /DATA_INVALID: every train row loses its response/,
    );
    const { remarks } = await measureInputs(folder, dataset, [60]);
    expect(remarks).toEqual([
      'warning: 1 of 2 train rows (50 %) are cut to max_length 60; 1 of them keep nothing of their responses',
      'warning: 1 of 2 dev rows (50 %) are cut to max_length 60; 1 of them keep nothing of their responses',
    ]);
  });
});

it('rows that are packed are counted by their inputs, so that an epoch is as many steps as they make', async () => {
  const rows = tinyInstructions(4, 20);
  const dataset = await load(rows);
  const shape = { ...dataset.task, settings: { prompt: 'alpaca', pack: true } };
  const { trainInputs } = await measureInputs(folder, { ...dataset, task: shape }, [60, 120]);
  const unpacked = await measureInputs(folder, dataset, [60, 120]);
  expect(unpacked.trainInputs).toEqual({ 60: 20, 120: 20 });
  expect(trainInputs['60']).toBe(20);
  expect(trainInputs['120']).toBeLessThanOrEqual(10);
});

// Float32 sums against float64's.
const tolerance = 1e-5;

it('the loss that trains is the mean over all tokens of responses, and that which is evaluated', async () => {
  const shape: TaskShape = { kind: 'language-modelling', label_names: [], settings: { prompt: 'alpaca' } };
  const { objective, scores } = taskOf(shape);
  const encoded = await encode(tinyInstructions(3, 5), { shape, ...openTokenizer(folder), maxLength: 100 });
  const adapter = { adapter: 'lora', rank: 2, alpha: 4, targets: ['q_proj'] } as const;
  const engine = await openAdapterEngine({ modelFolder: folder, task: shape, adapter, threads: 1 });
  const length = Math.max(...encoded.inputs.map(({ ids }) => ids.length));
  const whole = { rows: Uint32Array.from(encoded.inputs.keys()), length };
  const batch = tokenBatch(encoded.inputs, whole, 0);
  const { parameters } = engine.initialState(1);
  const labels = batchLabels(encoded.inputs, whole, objective.loss(shape).labels);
  const { loss } = await engine.gradient(parameters, batch, labels, null);
  const given = await engine.logits(parameters, batch, null, 1);
  const offsets = Uint32Array.from({ length: encoded.inputs.length + 1 }, (_, row) => row * length);
  const evaluated = { ...encoded, shape };
  const outputs = { values: given, offsets };
  expect(scores.memberLoss(outputs, evaluated)).toBeCloseTo(loss, 5);
  const mean = averageMembers([scores.averaged(outputs, 'probabilities', shape)]);
  const found = scores.loss(mean, evaluated, 'probabilities');
  expect(Math.abs(found - loss)).toBeLessThan(tolerance);
  expect(scoreSet(scores.score(mean, evaluated, 'probabilities'))['perplexity']).toBeCloseTo(Math.exp(found), 10);
  await engine.close();
});
