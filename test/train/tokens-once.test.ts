import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeOnnxRunner } from '../../src/train/onnx-runner.ts';
import { expectOutcome, RecordingReporter, SegmentBench } from '../support/segment-run.ts';
import { tinyTasks } from '../support/tiny-tasks.ts';

const counted = vi.hoisted(() => ({ texts: 0 }));

vi.mock(import('../../src/data/tokenise.ts'), async (original) => {
  const { tokenise } = await original();
  return {
    tokenise: (tokenizer, texts, cutting, read) => {
      counted.texts += texts.length;
      return tokenise(tokenizer, texts, cutting, read);
    },
  };
});

/**
 * A slot's trainer keeps the tokens of frozen rows by the rows' hash: what a sweep has tokenised, a second one over the
 * same data and base does not, with whatever other settings.
 */
describe('a second sweep over the same rows tokenises none of them again, in', () => {
  let bench: SegmentBench;
  beforeEach(() => {
    counted.texts = 0;
  });
  afterEach(() => rmSync(bench.folder, { recursive: true }));

  it.each(Object.entries(tinyTasks))('%s', async (_, task) => {
    bench = new SegmentBench({ trainRows: 16, devRows: 8, task });
    const runner = makeOnnxRunner();
    const sweep = async (learning_rate: number): Promise<number> => {
      const before = counted.texts;
      const specification = bench.specification({ learning_rate, epochs: 1 });
      const training = bench.trainSegment(specification);
      const trained = await runner.run(bench.command(training), new RecordingReporter());
      const { checkpoint } = expectOutcome(trained, 'trained');
      const evaluating = bench.evaluateSegment(specification, checkpoint, [bench.pending('e')]);
      await runner.run(bench.command(evaluating), new RecordingReporter());
      return counted.texts - before;
    };
    expect(await sweep(1e-3)).toBeGreaterThanOrEqual(24);
    expect(await sweep(2e-3)).toBe(0);
  });
});
