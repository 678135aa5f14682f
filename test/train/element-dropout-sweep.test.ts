import { rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { planSweep } from '../support/whole-plan.ts';
import { parseSweepFile } from '../../src/sweep/file/parse-sweep-file.ts';
import type { PlannedTraining } from '../../src/sweep/sweep-definition.ts';
import { makeOnnxRunner } from '../../src/train/segments/onnx-runner.ts';
import { resolvedInputs } from '../sweep/sweep-inputs.ts';
import { expectOutcome, RecordingReporter, SegmentBench } from '../support/segment-run.ts';
import { searchSections } from '../../src/search/search-sections.ts';
import { taskSections } from '../../src/tasks/tasks.ts';

/*
 * PEFT's dropout beside the method's: a sweep file with both element-wise rates as axes is planned, each of its trainings
 * takes a few steps with the real engine, and its ensemble is scored.
 */
const file = `name: elements
base: ./model
task:
  kind: text-classification
  data: {train: ./train.csv, dev: ./dev.csv, text: sentence, label: label}
space:
  p: [0, 0.5]
  lora_dropout: [0, 0.2]
  hidden_dropout: [0, 0.1]
  N: [2]
  M: [2]
training: {rank: 4, batch_size: 8, max_length: 16, epochs: 2, learning_rate: 5.0e-3}
evaluation: {mode: [ensemble, raw], dropout_rate: 0}
`;

let bench: SegmentBench;
beforeAll(() => {
  bench = new SegmentBench();
});
afterAll(() => rmSync(bench.folder, { recursive: true }));

function plan(): readonly PlannedTraining[] {
  const everything = { isFile: () => true, isFolder: () => true };
  const definition = parseSweepFile(
    file,
    path.join(bench.folder, 'sweep.yaml'),
    everything,
    taskSections,
    searchSections,
  );
  const { base, task } = bench.specification();
  return planSweep(definition, resolvedInputs({ base, task, train: bench.train, dev: bench.dev })).trainings;
}

test('every training of the sweep trains, and is an ensemble at rate 0 where it drops elements', async () => {
  const runner = makeOnnxRunner();
  const trainings = plan();
  const rates = trainings.map(({ specification: { configuration: c } }) => [
    c.dropout_rate,
    c.lora_dropout,
    c.hidden_dropout,
    c.train_instances,
  ]);
  expect(rates).toEqual([
    [0, undefined, undefined, 1],
    [0, undefined, 0.1, 2],
    [0, 0.2, undefined, 2],
    [0, 0.2, 0.1, 2],
    [0.5, undefined, undefined, 2],
    [0.5, undefined, 0.1, 2],
    [0.5, 0.2, undefined, 2],
    [0.5, 0.2, 0.1, 2],
  ]);
  const losses = new Set<number>();
  for (const { specification, evaluations } of trainings) {
    const { configuration } = specification;
    const reporter = new RecordingReporter();
    const training = bench.trainSegment(specification);
    const trained = expectOutcome(await runner.run(bench.command(training), reporter), 'trained');
    losses.add(reporter.values('data_loss', trained.metrics).at(-1) ?? 0);
    const pending = evaluations.map(({ configuration: asked }, index) => bench.pending(String(index), asked));
    const segment = bench.evaluateSegment(specification, trained.checkpoint, pending);
    const { results, members } = expectOutcome(
      await runner.run(bench.command(segment), new RecordingReporter()),
      'evaluated',
    );
    const drops = configuration.lora_dropout !== undefined || configuration.hidden_dropout !== undefined;
    expect(evaluations.map((one) => one.configuration.mode)).toEqual(drops ? ['ensemble', 'raw'] : ['raw']);
    expect(evaluations.every((one) => one.configuration.dropout_rate === 0)).toBe(true);
    expect(new Set(results.map((result) => result.predictionsSha256)).size).toBe(results.length);
    const ensemble = members.filter(({ evaluationId }) => evaluationId === '0');
    expect(ensemble).toHaveLength(drops ? 2 : 1);
    if (drops) expect(ensemble[0]?.outputs).not.toEqual(ensemble[1]?.outputs);
  }
  expect(losses.size).toBe(trainings.length);
});
