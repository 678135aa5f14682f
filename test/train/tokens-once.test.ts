import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EvaluationResult } from '../../src/sweep/segment.ts';
import { makeOnnxRunner } from '../../src/train/segments/onnx-runner.ts';
import type { SegmentRunner } from '../../src/train/process/segment-runner.ts';
import { expectOutcome, RecordingReporter, SegmentBench } from '../support/segment-run.ts';
import { tinyTasks } from '../support/tiny-tasks.ts';

const counted = vi.hoisted(() => ({ texts: 0 }));

vi.mock(import('../../src/data/tokens/tokenise.ts'), async (original) => {
  const { tokenise } = await original();
  return {
    tokenise: (tokenizer, texts, cutting, read) => {
      counted.texts += texts.length;
      return tokenise(tokenizer, texts, cutting, read);
    },
  };
});

interface Swept {
  readonly tokenised: number;
  readonly sha256: string;
  readonly results: readonly EvaluationResult[];
}

/**
 * A slot's trainer keeps the inputs that are made of frozen rows, and a machine keeps them for every process: what a
 * sweep has tokenised, a second one over the same data and base does not, with whatever other settings.
 */
describe('a second sweep over the same rows tokenises none of them again, in a warm slot or a new process, in', () => {
  let bench: SegmentBench;
  beforeEach(() => {
    counted.texts = 0;
  });
  afterEach(() => rmSync(bench.folder, { recursive: true }));

  it.each(Object.entries(tinyTasks))('%s', async (_, task) => {
    bench = new SegmentBench({ trainRows: 16, devRows: 8, task });
    const inputsFolder = join(bench.folder, 'inputs');
    const sweep = async (runner: SegmentRunner, learning_rate: number): Promise<Swept> => {
      const before = counted.texts;
      const specification = bench.specification({ learning_rate, epochs: 1 });
      const training = bench.trainSegment(specification);
      const trained = await runner.run({ ...bench.command(training), inputsFolder }, new RecordingReporter());
      const { checkpoint } = expectOutcome(trained, 'trained');
      const evaluating = bench.evaluateSegment(specification, checkpoint, [bench.pending('e')]);
      const evaluated = await runner.run({ ...bench.command(evaluating), inputsFolder }, new RecordingReporter());
      const { results } = expectOutcome(evaluated, 'evaluated');
      return { tokenised: counted.texts - before, sha256: checkpoint.sha256, results };
    };
    const warm = makeOnnxRunner();
    const first = await sweep(warm, 1e-3);
    expect(first.tokenised).toBeGreaterThanOrEqual(24);
    expect(await sweep(warm, 2e-3)).toMatchObject({ tokenised: 0 });
    // Another process has what lies on the disk: the same bits come of it.
    expect(await sweep(makeOnnxRunner(), 1e-3)).toEqual({ ...first, tokenised: 0 });
  });
});
