import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTokenizer } from '../../src/data/tokens/open-tokenizer.ts';
import { averageMembers } from '../../src/evaluate/evaluate-outputs.ts';
import type { ExportedTrial } from '../../src/export/exported-trial.ts';
import { writePeftAdapter } from '../../src/export/models/write-peft-adapter.ts';
import { writePortableModel } from '../../src/export/models/write-portable-model.ts';
import { openEncoder } from '../../src/models/open-encoder.ts';
import type { MemberOutput } from '../../src/sweep/segment.ts';
import { taskOf } from '../../src/tasks/tasks.ts';
import { readCheckpoint } from '../../src/train/checkpoints/checkpoint.ts';
import { makeOnnxRunner } from '../../src/train/segments/onnx-runner.ts';
import { trial as fixture } from '../dashboard/sweep-fixture.ts';
import { expectOutcome, RecordingReporter, SegmentBench } from '../support/segment-run.ts';
import { tinyTasks } from '../support/tiny-tasks.ts';

/** The same operators over the same float32, summed in another order. */
const tolerance = 1e-4;

/** PEFT's TaskType, transformers' class, and the number of outputs where the class does not know it. */
const consumers: Readonly<Record<string, readonly [string, string, string | undefined]>> = {
  'text-classification': ['SEQ_CLS', 'BertForSequenceClassification', '2'],
  'text-regression': ['SEQ_CLS', 'BertForSequenceClassification', '1'],
  'multi-label-classification': ['SEQ_CLS', 'BertForSequenceClassification', '3'],
  'question-answering': ['QUESTION_ANS', 'BertForQuestionAnswering', undefined],
  'token-classification': ['TOKEN_CLS', 'BertForTokenClassification', '3'],
  'language-modelling': ['CAUSAL_LM', 'Qwen2ForCausalLM', undefined],
  'multiple-choice': ['CAUSAL_LM', 'Qwen2ForCausalLM', undefined],
};

/** Of scores of the whole vocabulary, those of the tokens that follow: of the last, token 0's. */
function ofNextTokens(scores: ArrayLike<unknown> | undefined, ids: Int32Array): readonly number[] {
  const vocabulary = (scores?.length ?? 0) / ids.length;
  return Array.from(ids, (_, token) => Number(scores?.[token * vocabulary + (ids[token + 1] ?? 0)]));
}

describe.each(Object.entries(tinyTasks))('an export of %s', (kind, task) => {
  let bench: SegmentBench;
  beforeAll(() => {
    bench = new SegmentBench({ trainRows: 20, devRows: 8, task });
  });
  afterAll(() => rmSync(bench.folder, { recursive: true }));

  const aggregates = task.aggregates ?? (['logits', 'probabilities'] as const);

  async function evaluated(
    aggregate: 'logits' | 'probabilities',
  ): Promise<{ readonly exported: ExportedTrial; readonly members: readonly MemberOutput[] }> {
    const specification = bench.specification({ epochs: 2, dropout_rate: 0.4 });
    const segment = bench.trainSegment(specification);
    const run = (of: Parameters<typeof bench.command>[0]) =>
      makeOnnxRunner().run(bench.command(of), new RecordingReporter());
    const { checkpoint } = expectOutcome(await run(segment), 'trained');
    const pending = bench.pending('m', { ensemble_size: 2, dropout_rate: 0.4, aggregate });
    const outcome = await run(bench.evaluateSegment(specification, checkpoint, [pending]));
    const { configuration } = specification;
    return {
      members: expectOutcome(outcome, 'evaluated').members,
      exported: {
        sweep: 's',
        trial: { ...fixture(1), configuration, evaluation: pending.configuration },
        specification,
        checkpoint: await readCheckpoint(checkpoint, segment.trainingHash, bench.checkpointFolder),
        place: bench.modelFolder,
        opened: openEncoder(bench.modelFolder),
        launchedBy: {},
      },
    };
  }

  it.each(aggregates)('computes the %s that were averaged, or is refused', async (aggregate) => {
    const { exported, members } = await evaluated(aggregate);
    const tried = taskOf(task.shape);
    const { published, scores } = tried;
    const folder = path.join(bench.folder, aggregate);
    if (aggregate === 'probabilities' && published.probabilities === null) {
      await expect(writePortableModel(exported, folder)).rejects.toThrow(/EXPORT_UNFAITHFUL: padding would take part/);
      return;
    }
    await writePortableModel(exported, folder);
    const { shape } = task;
    const { max_length: maxLength } = exported.specification.configuration;
    const tokenizing = { shape, ...openTokenizer(bench.modelFolder), maxLength };
    const { inputs } = await tried.encode(bench.devRows, tokenizing);
    const mean = averageMembers(members.map(({ outputs }) => scores.averaged(outputs, aggregate, shape)));
    const session = await InferenceSession.create(path.join(folder, 'model.onnx'));
    for (const [number, { ids, typeIds, outputs }] of inputs.slice(0, 5).entries()) {
      const int64 = (values: Int32Array | Uint8Array) =>
        new Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]);
      const all = {
        input_ids: int64(ids),
        attention_mask: int64(new Int32Array(ids.length).fill(1)),
        token_type_ids: int64(typeIds),
      };
      const feeds = Object.fromEntries(Object.entries(all).filter(([name]) => session.inputNames.includes(name)));
      const whole = (await session.run(feeds))[aggregate]?.data;
      const given = published.head?.of === 'vocabulary' ? ofNextTokens(whole, ids) : whole?.slice(0, outputs);
      const measured = mean.values.subarray(mean.offsets[number], mean.offsets[number + 1]);
      expect(given).toHaveLength(measured.length);
      for (const [i, value] of measured.entries()) expect(Math.abs(Number(given?.[i]) - value)).toBeLessThan(tolerance);
    }
    await session.release();
  });

  it('is what PEFT and transformers have for the task', async () => {
    const { exported } = await evaluated(aggregates[0] ?? 'logits');
    const folder = path.join(bench.folder, 'adapter');
    const { files } = await writePeftAdapter(
      { ...exported, trial: { ...exported.trial, evaluation: { ...exported.trial.evaluation, mode: 'expected' } } },
      folder,
    );
    expect(files).toContain('adapter_config.json');
    const config: Record<string, unknown> = JSON.parse(readFileSync(path.join(folder, 'adapter_config.json'), 'utf8'));
    const card = readFileSync(path.join(folder, 'README.md'), 'utf8');
    const [taskType, className, outputs] = consumers[kind] ?? [];
    expect(config['task_type']).toBe(taskType);
    expect(/model = (\w+)\.from_pretrained\(base(?:, num_labels=(\d))?/.exec(card)?.slice(1)).toEqual([
      className,
      outputs,
    ]);
  });
});
