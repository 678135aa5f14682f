import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EncodedInput } from '../../src/data/encoded-rows.ts';
import { openTokenizer } from '../../src/data/tokens/open-tokenizer.ts';
import { cpu } from '../../src/runtime/devices/cpu.ts';
import type { FrozenRow, TaskShape } from '../../src/sweep/vocabulary.ts';
import { taskOf } from '../../src/tasks/tasks.ts';
import { largestSizes, sizeOf } from '../../src/train/segments/evaluation-batches.ts';
import { forwardRows } from '../../src/train/segments/forward-rows.ts';
import { estimateMemory, evaluationBytes } from '../../src/train/engine/memory-estimate.ts';
import { openEngineWithHead } from '../../src/train/engine/open-adapter-engine.ts';
import { objectiveOf, planEngine } from '../../src/train/engine/plan-engine.ts';
import { letterIds, questionWords, writeTinyDecoder } from '../support/tiny-decoder.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-evaluation-memory-'));
  writeTinyDecoder(folder, { family: 'llama', hidden: 64, layers: 2, positions: 4096, more: questionWords });
});
afterAll(() => rmSync(folder, { recursive: true }));

const shape: TaskShape = {
  kind: 'multiple-choice',
  label_names: ['A', 'B', 'C', 'D'],
  settings: { shots: 1, letter_tokens: letterIds },
};
const adapter = { adapter: 'lora', rank: 2, alpha: 4, targets: ['all-linear'] } as const;

function inputsOf(rows: readonly FrozenRow[]): Promise<readonly EncodedInput[]> {
  return taskOf(shape)
    .encode(rows, { shape, ...openTokenizer(folder), maxLength: 4000 })
    .then(({ inputs }) => inputs);
}

const words = (count: number) => Array.from({ length: count }, () => 'good').join(' ');
const question = (own: number, before: number): FrozenRow => ({
  question: words(own),
  choices: ['good', 'bad'],
  answer: 0,
  shots: before === 0 ? [] : [`which ${words(before)}\nA. good\nB. bad\nAnswer: A\n\n`],
});

describe('the sizes of evaluations', () => {
  it('have fewer rows where these are long, whatever is read before them', async () => {
    const sizes = async (own: number) =>
      largestSizes(await inputsOf(Array.from({ length: 40 }, () => question(own, 0))), false);
    const [short] = await sizes(100);
    expect(short).toMatchObject({ rows: 32, shared: 0 });
    const [long] = await sizes(1000);
    expect(long).toMatchObject({ rows: 2, shared: 0 });
    expect(sizeOf(long?.length ?? 0)).toEqual(long);
    // What is read once for all counts too: each row attends to it.
    const behind = (await inputsOf(Array.from({ length: 40 }, () => question(200, 1500)))).map((input) => ({
      ...input,
      alike: { group: 0, tokens: 1500 },
    }));
    expect(largestSizes(behind, true)).toMatchObject([{ rows: 5, shared: 1500 }]);
    // Where elements are dropped of each row, it is read whole.
    expect(largestSizes(behind, false)).toMatchObject([{ rows: 1, shared: 0 }]);
  });
});

describe.skipIf(process.platform !== 'linux')('the memory of an evaluation (skipped unless on Linux)', () => {
  it.each([
    ['long rows', 3000, 0],
    ['rows behind a long beginning', 180, 3000],
  ])('of %s grows the process by 0.5 to 1.05 of its estimate', async (_name, own, before) => {
    const all = await inputsOf(Array.from({ length: 8 }, () => question(own, before)));
    // Equal questions begin alike up to their ends: these are to share what stands before them alone.
    const inputs = all.map(({ alike, ...input }) => {
      return alike === undefined || before === 0 ? input : { ...input, alike: { ...alike, tokens: before } };
    });
    const objective = objectiveOf(shape);
    const request = { modelFolder: folder, adapter };
    const plan = planEngine(request, objective);
    const sizes = largestSizes(inputs, true);
    const estimate = evaluationBytes(plan, cpu, sizes);
    expect(estimate).toBeGreaterThan(100 * 2 ** 20);
    // A plan's whole estimate has it, beside a training that takes less.
    const demand = { sizes, others: 0, rows: 1000 };
    const whole = estimateMemory(plan, cpu, { rows: 1, length: 8 }, 1, demand);
    expect(whole.activations).toBeGreaterThanOrEqual(estimate);
    expect(whole.rows).toBe(1000);
    const run = async (of: readonly EncodedInput[]) => {
      const engine = await openEngineWithHead({ ...request, threads: 1 }, objective);
      const pass = { parameters: engine.initialState(0).parameters, masks: null, updateScale: 1 };
      const evaluated = { shape, rows: [], inputs: of };
      await forwardRows(
        { engine, padId: 0 },
        evaluated,
        pass,
        () => false,
        () => undefined,
      );
      return engine;
    };
    // Libraries, and what Node.js keeps of building graphs, are the program's.
    const short = await inputsOf(Array.from({ length: 4 }, () => question(4, before === 0 ? 0 : 20)));
    await (await run(short)).close();
    const held = peakOfProcess('reset');
    const engine = await run(inputs);
    const grown = peakOfProcess('read') - held;
    await engine.close();
    expect(grown / estimate).toBeGreaterThan(0.5);
    expect(grown / estimate).toBeLessThan(1.05);
  });
});

/** VmHWM in bytes; reset: begins anew at what the process holds now. */
function peakOfProcess(what: 'read' | 'reset'): number {
  if (what === 'reset') writeFileSync('/proc/self/clear_refs', '5');
  return 1024 * Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
}
