// A trainer process outlives sweeps and their bases. Whatever a slot keeps of one must be nobody else's: two sweeps over
// the same rows whose tokenizers differ have other lengths, other batches and other bits, in whatever order they come.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TrainingSpecification } from '../../src/sweep/vocabulary.ts';
import type { SegmentRunner } from '../../src/train/process/segment-runner.ts';
import { makeOnnxRunner } from '../../src/train/segments/onnx-runner.ts';
import { WarmSlot } from '../../src/train/segments/warm-slot.ts';
import { expectOutcome, RecordingReporter, SegmentBench } from '../support/segment-run.ts';

interface Sweep {
  readonly bench: SegmentBench;
  readonly specification: TrainingSpecification;
}

const benches: SegmentBench[] = [];
let whole: Sweep;
let cut: Sweep;

beforeEach(() => {
  whole = sweepOf('words', (tokenizer) => tokenizer);
  // Each letter o is a token of its own: rows are longer, and another one is the longest.
  const isolated = { type: 'Split', pattern: { String: 'o' }, behavior: 'Isolated', invert: false };
  cut = sweepOf('letters', (tokenizer) => ({
    ...tokenizer,
    pre_tokenizer: { type: 'Sequence', pretokenizers: [{ type: 'Whitespace' }, isolated] },
  }));
});
afterEach(() => {
  for (const { folder } of benches.splice(0)) rmSync(folder, { recursive: true });
});

/** The same rows and weights under another tokenizer. */
function sweepOf(tokenizerHash: string, change: (tokenizer: Record<string, unknown>) => unknown): Sweep {
  const bench = new SegmentBench();
  benches.push(bench);
  rewrite(bench, 'tokenizer.json', change);
  const specification = bench.specification({ epochs: 2 });
  return { bench, specification: { ...specification, base: { ...specification.base, tokenizer_hash: tokenizerHash } } };
}

function rewrite({ folder }: SegmentBench, name: string, change: (content: Record<string, unknown>) => unknown): void {
  const file = path.join(folder, name);
  const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (typeof content !== 'object' || content === null) throw new Error(`${name} is no object`);
  writeFileSync(file, JSON.stringify(change(Object.fromEntries(Object.entries(content)))));
}

/** SHA-256 of what a training leaves. */
async function bits(runner: SegmentRunner, { bench, specification }: Sweep): Promise<string> {
  const command = bench.command(bench.trainSegment(specification));
  return expectOutcome(await runner.run(command, new RecordingReporter()), 'trained').checkpoint.sha256;
}

describe('a warm slot gives two sweeps over the same rows the bits that each has alone, with', () => {
  it.each([
    ['the shorter inputs first', () => [whole, cut] as const],
    ['the longer inputs first', () => [cut, whole] as const],
  ])('%s', async (_, inTurn) => {
    const [first, second] = inTurn();
    const alone = [await bits(makeOnnxRunner(), first), await bits(makeOnnxRunner(), second)];
    const warm = makeOnnxRunner();
    expect([await bits(warm, first), await bits(warm, second), await bits(warm, first)]).toEqual([...alone, alone[0]]);
    expect(alone[0]).not.toBe(alone[1]);
  });
});

it('a slot looks again at what a model takes when another lies in the same folder', async () => {
  const { bench, specification } = whole;
  const slot = new WarmSlot(() => Promise.reject(new Error('no engine is asked for')), 1, 'cpu');
  const { base } = specification;
  expect(await slot.limits(base, bench.folder)).toEqual({ padId: 0, positions: 40 });
  rewrite(bench, 'config.json', (config) => ({ ...config, pad_token_id: 1, max_position_embeddings: 4 }));
  const other = { ...base, content_hash: 'other' };
  expect(await slot.limits(other, bench.folder)).toEqual({ padId: 1, positions: 4 });
  // Inputs that were made for the one are too long for the other, whoever made them.
  const rows = { modelFolder: bench.folder, task: specification.task, dataset: bench.train, maxLength: 16 };
  const file = bench.datasetFiles[bench.train.hash];
  expect((await slot.encoded({ ...rows, base, file })).inputs).toHaveLength(80);
  await expect(slot.encoded({ ...rows, base: other, file })).rejects.toThrow(/MODEL_UNSUPPORTED[^]*at most 4 tokens/);
});
