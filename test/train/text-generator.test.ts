import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { stream } from '../../src/random/stream.ts';
import type { AdapterMasks } from '../../src/train/engine/adapter-engine.ts';
import { memberMasks } from '../../src/train/engine/masks/instance-masks.ts';
import { openEngineWithHead } from '../../src/train/engine/open-adapter-engine.ts';
import { greedyTokens, openTextGenerator } from '../../src/train/engine/text-generator.ts';
import { nextTokenObjective } from '../support/objectives.ts';
import { samplesInOrder } from '../support/samples-in-order.ts';
import { type TinyFamily, writeTinyDecoder } from '../support/tiny-decoder.ts';

const families: readonly TinyFamily[] = ['llama', 'mistral', 'qwen2', 'qwen3', 'gpt2'];
const adapter = { adapter: 'lora', rank: 2, alpha: 4, targets: ['all-linear'] } as const;
const prompt = [1, 7, 9, 12, 4, 8];
const most = 24;

function indexOfGreatest(values: ArrayLike<number>): number {
  return Array.from(values).reduce((best, value, index, all) => (value > (all[best] ?? 0) ? index : best), 0);
}

/** Tokens are the whole text's after each, the members' scores averaged; nothing is kept from one to the next. */
describe.each(families)('of %s', (family) => {
  it.each([1, 3])('%i members go on with a text as if each token were found from the whole of it', async (count) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-generate-'));
    writeTinyDecoder(folder, { family });
    const engine = await openEngineWithHead({ modelFolder: folder, adapter, threads: 1 }, nextTokenObjective);
    const { layout } = engine;
    const parameters = Float32Array.from(stream(3, 'adapter').normals(layout.length), (value) => 0.3 * value);
    const rates = { dropoutRate: 0.4, elements: { lora_dropout: 0, hidden_dropout: 0 } };
    const members = Array.from({ length: count }, (_, member) => memberMasks(layout, rates, 0, member));
    const expected = await uncached(engine, parameters, members);

    const task = { kind: 'language-modelling', label_names: [] };
    const generator = await openTextGenerator({ modelFolder: folder, task, adapter, threads: 1 });
    const streams = members.map((masks) => generator.begin({ parameters, masks, updateScale: 1 }));
    const found: number[] = [];
    for await (const token of greedyTokens({ streams, prompt, most, ends: new Set() })) found.push(token);
    expect(found).toEqual(expected);
    expect(new Set(found).size).toBeGreaterThan(1);

    const end = new Set(found.slice(5, 6));
    const again = members.map((masks) => generator.begin({ parameters, masks, updateScale: 1 }));
    const short: number[] = [];
    for await (const token of greedyTokens({ streams: again, prompt, most, ends: end })) short.push(token);
    expect(short).toEqual(
      found.slice(
        0,
        found.findIndex((token) => end.has(token)),
      ),
    );
    await generator.close();
    await engine.close();
    rmSync(folder, { recursive: true });
  });
});

it('scores that are no numbers are told, and are no token', async () => {
  const diverged = { next: () => Promise.resolve(new Float32Array(8).fill(Number.NaN)) };
  const tokens = greedyTokens({ streams: [diverged], prompt, most, ends: new Set() });
  await expect(tokens.next()).rejects.toMatchObject({ code: 'NON_FINITE' });
});

async function uncached(
  engine: Awaited<ReturnType<typeof openEngineWithHead>>,
  parameters: Float32Array,
  members: readonly AdapterMasks[],
): Promise<readonly number[]> {
  const ids = [...prompt];
  while (ids.length < prompt.length + most) {
    const batch = {
      rows: 1,
      length: ids.length,
      inputIds: BigInt64Array.from(ids, BigInt),
      attentionMask: new BigInt64Array(ids.length).fill(1n),
      tokenTypeIds: new BigInt64Array(ids.length),
      samples: samplesInOrder(1),
    };
    const sums: number[] = [];
    for (const masks of members) {
      const logits = await engine.logits(parameters, batch, masks, 1);
      const last = logits.subarray((logits.length / ids.length) * (ids.length - 1));
      last.forEach((score, token) => {
        sums[token] = (sums[token] ?? 0) + score;
      });
    }
    ids.push(indexOfGreatest(sums));
  }
  return ids.slice(prompt.length);
}
