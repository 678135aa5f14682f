import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { stream } from '../../src/random/stream.ts';
import type { AdapterEngine, AdapterMasks, TokenBatch } from '../../src/train/engine/adapter-engine.ts';
import { openEngineWithHead } from '../../src/train/engine/open-adapter-engine.ts';
import { type EngineObjective, planEngine } from '../../src/train/engine/plan-engine.ts';
import { tokenRows } from '../../src/train/engine/passes/token-rows.ts';
import { classObjective, spanObjective } from '../support/objectives.ts';
import { samplesInOrder } from '../support/samples-in-order.ts';
import { writeTinyModel } from '../support/tiny-model.ts';

/** Of all rows, padding is left out; of few, each place keeps its row. */
const longest = 9;
const lengths = [3, 9, 5, 8, 1, 7, 4, 6, 2, 9, 3, 5, 7, 4, 6];
const few = 3;
const vectors = path.join(import.meta.dirname, '..', 'models', 'vectors');
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** Rows of such lengths, with padding. */
function batchOf(rows: readonly number[], length: number): TokenBatch {
  const empty = () => new BigInt64Array(rows.length * length);
  const [inputIds, attentionMask] = [empty().fill(0n), empty()];
  for (const [at, row] of rows.entries()) {
    const tokens = lengths[row] ?? 0;
    const ids = stream(3, 'token-rows', row).integers(tokens, 12);
    for (const [column, id] of ids.entries()) inputIds[at * length + column] = BigInt(4 + id);
    attentionMask.fill(1n, at * length, at * length + tokens);
  }
  return {
    rows: rows.length,
    length,
    inputIds,
    attentionMask,
    tokenTypeIds: empty(),
    samples: samplesInOrder(rows.length),
  };
}

function halfMasks({ layout }: AdapterEngine): AdapterMasks {
  const draw = (name: string, size: 'inFeatures' | 'outFeatures') =>
    stream(5, 'token-rows', name)
      .uniforms(layout.modules.reduce((sum, module) => sum + module[size], 0))
      .map((uniform) => (uniform < 0.5 ? 0 : 1));
  return { input: draw('in', 'inFeatures'), output: draw('out', 'outFeatures') };
}

function folderOf(family: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-rows-'));
  folders.push(folder);
  if (family === 'bert') writeTinyModel(folder);
  else
    for (const file of ['config.json', 'model.safetensors'])
      cpSync(path.join(vectors, family, file), path.join(folder, file));
  return folder;
}

async function open(family: string, objective: EngineObjective) {
  const engine = await openEngineWithHead(
    {
      modelFolder: folderOf(family),
      adapter: { adapter: 'lora', rank: 2, alpha: 4, targets: ['all-linear'] },
      threads: 1,
    },
    objective,
  );
  const parameters = engine.initialState(0).parameters.map((value, at) => value + 0.05 * Math.sin(at));
  return { engine, parameters, masks: halfMasks(engine) };
}

const all = [...lengths.keys()];
const cases: readonly (readonly [string, string, EngineObjective, number])[] = [
  ['bert', 'the first token', classObjective(2), 1],
  ['bert', 'the mean of tokens', classObjective(2, 'mean'), 1],
  ['bert', 'each token', spanObjective, 2],
  ['electra-seqcls-lora', 'the first token', classObjective(3), 1],
  ['xlm-roberta-seqcls-lora', 'the first token', classObjective(2), 1],
  ['distilbert-dropout-seqcls-lora', 'the first token', classObjective(2), 1],
];

describe.each(cases)('%s, read at %s', (family, _what, objective, columns) => {
  it('gives rows the logits that few of them have, bit for bit', async () => {
    const { engine, parameters, masks } = await open(family, objective);
    const shared = await engine.share(batchOf(all, longest));
    const logits = [
      await engine.logits(parameters, batchOf(all, longest), masks, 1),
      await shared.logits({ parameters, masks, updateScale: 1 }),
    ];
    for (const together of logits) {
      const size = together.length / all.length;
      for (let row = 0; row < all.length; row += few) {
        const part = await engine.logits(parameters, batchOf(all.slice(row, row + few), longest), masks, 1);
        expect(together.slice(row * size, (row + few) * size)).toEqual(part);
      }
    }
    await engine.close();
  });

  it('gives the mean of the gradients that rows have alone', async () => {
    const { engine, parameters, masks } = await open(family, objective);
    const labelsOf = (rows: readonly number[]) =>
      BigInt64Array.from(
        rows.flatMap((row) => Array.from({ length: columns }, () => ((lengths[row] ?? 0) % 2 === 0 ? 1n : 0n))),
      );
    const together = await engine.gradient(parameters, batchOf(all, longest), labelsOf(all), masks);
    const mean = new Float64Array(parameters.length);
    let loss = 0;
    for (const row of all) {
      const alone = await engine.gradient(parameters, batchOf([row], longest), labelsOf([row]), masks);
      loss += alone.loss / all.length;
      for (const [at, value] of alone.gradient.entries()) mean[at] = (mean[at] ?? 0) + value / all.length;
    }
    const largest = mean.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const worst = mean.reduce((most, value, at) => Math.max(most, Math.abs(value - (together.gradient[at] ?? 0))), 0);
    expect(together.loss).toBeCloseTo(loss, 5);
    expect(largest).toBeGreaterThan(1e-3);
    expect(worst / largest).toBeLessThan(1e-5);
    await engine.close();
  });
});

describe('padding', () => {
  const shape = {
    modelFolder: folderOf('bert'),
    adapter: { adapter: 'lora', rank: 2, alpha: 4, targets: ['all-linear'] },
  } as const;

  it('has no rows in a step, and has them where an older trainer version’s steps have', () => {
    expect(planEngine(shape, classObjective(2)).leavesPaddingOut).toBe(true);
    expect(planEngine({ ...shape, paddingHasRows: true }, classObjective(2)).leavesPaddingOut).toBe(false);
  });
});

describe('the rows of a batch', () => {
  it('are its tokens in their order, and one that all padding shares', () => {
    const { places, numbers } = tokenRows(batchOf(all, longest));
    const tokens = lengths.reduce((sum, length) => sum + length, 0);
    expect(places).toHaveLength(Math.ceil((tokens + 1) / 32) * 32);
    const { attentionMask } = batchOf(all, longest);
    for (const [place, number] of numbers.entries()) {
      if (attentionMask[place] === 1n) expect(places[Number(number)]).toBe(BigInt(place));
      else expect(number).toBe(BigInt(tokens));
    }
    for (const place of places.slice(tokens)) expect(attentionMask[Number(place)]).toBe(0n);
  });

  it('are one for each place where there is too little padding to leave out', () => {
    const each = BigInt64Array.from({ length: 64 }, (_, place) => BigInt(place));
    const full = { attentionMask: new BigInt64Array(64).fill(1n) };
    expect(tokenRows(full)).toEqual({ places: each, numbers: each });
    expect(tokenRows({ attentionMask: full.attentionMask.with(63, 0n) })).toEqual({ places: each, numbers: each });
    expect(tokenRows({ attentionMask: full.attentionMask.with(63, 0n).fill(0n, 31) }).places).toHaveLength(32);
  });
});
