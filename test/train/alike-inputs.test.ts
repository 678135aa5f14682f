import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EncodedRows } from '../../src/data/encoded-rows.ts';
import { openTokenizer } from '../../src/data/tokens/open-tokenizer.ts';
import type { FrozenRow, TaskShape } from '../../src/sweep/vocabulary.ts';
import { taskOf } from '../../src/tasks/tasks.ts';
import { forwardRows } from '../../src/train/segments/forward-rows.ts';
import { memberMasks } from '../../src/train/engine/masks/instance-masks.ts';
import { openEngineWithHead } from '../../src/train/engine/open-adapter-engine.ts';
import { PageClock, type PageKeeping } from '../../src/train/segments/output-pages.ts';
import { letterIds, questionWords, writeTinyDecoder } from '../support/tiny-decoder.ts';

const task = taskOf({ kind: 'multiple-choice' });

/** What questions begin with is read once for all of them, whatever the family, and padding behind them moves no bit. */
describe('questions that begin alike', () => {
  const shots = ['which book\nA. dark\nB. good\nAnswer: A\n\n', 'which song\nA. bad\nB. good\nAnswer: B\n\n'];
  const rows: readonly FrozenRow[] = [
    { question: 'which film', choices: ['good', 'bad'], answer: 1, subject: 'day', shots },
    {
      question: 'which very very bad book',
      choices: ['good', 'bad', 'dark', 'bright'],
      answer: 0,
      subject: 'day',
      shots,
    },
    { question: 'which day', choices: ['dark', 'bad', 'good'], answer: 0, subject: 'day', shots },
    { question: 'which day', choices: ['dark', 'bad', 'good'], answer: 0, subject: 'song', shots },
  ];
  const shape: TaskShape = {
    kind: 'multiple-choice',
    label_names: ['A', 'B', 'C', 'D'],
    settings: { shots: 2, letter_tokens: letterIds },
  };
  const adapter = { adapter: 'lora', rank: 2, alpha: 4, targets: ['all-linear'] } as const;

  it.each(['llama', 'mistral', 'qwen2', 'qwen3', 'gpt2'] as const)('score as each alone: %s', async (family) => {
    const place = mkdtempSync(path.join(tmpdir(), 'dropsweep-alike-'));
    writeTinyDecoder(place, { family, more: questionWords });
    const { inputs } = await task.encode(rows, { shape, ...openTokenizer(place), maxLength: 120 });
    const shared = inputs.map(({ alike }) => alike?.tokens ?? 0);
    expect(new Set(shared.slice(0, 3)).size).toBe(1);
    expect(shared[0]).toBeGreaterThan(30);
    expect(shared[3]).toBe(0);
    const { objective } = task;
    const engine = await openEngineWithHead(
      { modelFolder: place, adapter, threads: 1 },
      { head: objective.head(shape), loss: objective.loss(shape) },
    );
    const state = engine.initialState(3);
    const parameters = state.parameters.map((value, at) => value + 0.05 * Math.sin(at));
    const masks = memberMasks(
      engine.layout,
      { dropoutRate: 0.3, elements: { lora_dropout: 0, hidden_dropout: 0 } },
      0,
      1,
    );
    const forward = (of: EncodedRows['inputs'], keeping?: PageKeeping) => {
      const evaluated = { shape, rows, inputs: of };
      const pass = { parameters, masks, updateScale: 1, ...(keeping && { keeping }) };
      return forwardRows(
        { engine, padId: 0 },
        evaluated,
        pass,
        () => false,
        () => undefined,
      );
    };
    const together = await forward(inputs);
    const alone = await forward(inputs.map(({ alike: _alike, ...input }) => input));
    expect(together?.offsets).toEqual(alone?.offsets);
    for (const [at, value] of (alone?.values ?? []).entries()) expect(together?.values[at]).toBeCloseTo(value, 4);
    // Where pages hold a batch, the others have the bits that they had with it.
    if (together === null) throw new Error('nothing asked for the slot');
    const { values, offsets } = together;
    const last = { values: values.slice(offsets[3]), offsets: Uint32Array.of(0, 3) };
    const stored = [{ inputs: Uint32Array.of(3), outputs: last }];
    const again = await forward(inputs, { stored, clock: new PageClock(1_000), keep: () => undefined });
    expect(again?.values).toEqual(values);
    await engine.close();
    rmSync(place, { recursive: true });
  });
});
