import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExportedTrial } from '../../src/export/exported-trial.ts';
import { predictMembers } from '../../src/export/predictions/predict-members.ts';
import { predictionRecords, unseenRecords } from '../../src/export/predictions/prediction-records.ts';
import { storedPredictions } from '../../src/export/predictions/stored-predictions.ts';
import { evaluateOutputs } from '../../src/evaluate/evaluate-outputs.ts';
import { predictedSplit } from '../../src/export/predictions/predicted-split.ts';
import type { EvaluationConfiguration } from '../../src/sweep/vocabulary.ts';
import { openEncoder } from '../../src/models/open-encoder.ts';
import { readCheckpoint } from '../../src/train/checkpoints/checkpoint.ts';
import { trial as fixture } from '../dashboard/sweep-fixture.ts';
import { thawAnswers } from '../../src/tasks/question-answering/answer-row.ts';
import { scoreSquad } from '../../src/tasks/question-answering/score-squad.ts';
import { taskOf } from '../../src/tasks/tasks.ts';
import { makeOnnxRunner } from '../../src/train/segments/onnx-runner.ts';
import { expectOutcome, RecordingReporter, SegmentBench } from '../support/segment-run.ts';
import { tinyTasks } from '../support/tiny-tasks.ts';

describe.each(Object.entries(tinyTasks))('predictions of %s', (_, task) => {
  let bench: SegmentBench;
  beforeAll(() => {
    bench = new SegmentBench({ trainRows: 20, devRows: 12, task });
  });
  afterAll(() => rmSync(bench.folder, { recursive: true }));

  /** A trained trial's evaluation, as the database has it. */
  async function stored(aggregate: 'logits' | 'probabilities', changes: Partial<EvaluationConfiguration> = {}) {
    const specification = bench.specification({ epochs: 2, dropout_rate: 0.4 });
    const run = async (segment: Parameters<typeof bench.command>[0]) =>
      makeOnnxRunner().run(bench.command(segment), new RecordingReporter());
    const segment = bench.trainSegment(specification);
    const { checkpoint } = expectOutcome(await run(segment), 'trained');
    const pending = bench.pending('m', { ensemble_size: 3, dropout_rate: 0.4, aggregate, ...changes });
    const evaluated = expectOutcome(
      await run(bench.evaluateSegment(specification, checkpoint, [pending])),
      'evaluated',
    );
    const [result] = evaluated.results;
    if (result === undefined) throw new Error('one evaluation gives one result');
    const exported: ExportedTrial = {
      sweep: 's',
      trial: {
        ...fixture(1),
        configuration: specification.configuration,
        evaluation: pending.configuration,
        metrics: result.metrics,
      },
      specification,
      checkpoint: await readCheckpoint(checkpoint, segment.trainingHash, bench.checkpointFolder),
      place: bench.modelFolder,
      opened: openEncoder(bench.modelFolder),
      launchedBy: {},
    };
    return {
      exported,
      metrics: result.metrics,
      evaluation: {
        specification,
        configuration: pending.configuration,
        dataset: { hash: bench.dev.hash, content: readFileSync(bench.datasetFiles[bench.dev.hash] ?? '') },
        members: evaluated.members.map(({ outputs }) => outputs),
        predictionsSha256: result.predictionsSha256,
      },
    };
  }

  it('are of every row, made of what is stored, and of nothing else', async () => {
    for (const aggregate of task.aggregates ?? (['logits', 'probabilities'] as const)) {
      const { evaluation } = await stored(aggregate);
      const predictions = await storedPredictions(evaluation, bench.modelFolder);
      const records = predictionRecords(predictions, { aggregate, withMembers: true });
      expect(records).toHaveLength(12);
      for (const { members } of records) expect(members).toHaveLength(3);
      const others = { ...evaluation, members: evaluation.members.slice(1) };
      await expect(storedPredictions(others, bench.modelFolder)).rejects.toThrow(/EXPORT_UNFAITHFUL/);
      // Of rows that are cut otherwise there are other inputs, of which what is stored says nothing.
      if (taskOf(task.shape).outline !== undefined) continue;
      const maxLength = task.model === undefined ? 12 : 30;
      const cut = { ...evaluation, configuration: { ...evaluation.configuration, max_length: maxLength } };
      await expect(storedPredictions(cut, bench.modelFolder)).rejects.toThrow(/were made other inputs of/);
    }
  });

  it('are the same bits of rows that are run through the trained model again, and tell no labels of those unseen', async () => {
    const [aggregate = 'logits'] = task.aggregates ?? [];
    const { evaluation, exported } = await stored(aggregate);
    const again = await predictMembers(exported, bench.devRows, { environment: {}, threads: 1 });
    expect(again.members).toEqual(evaluation.members);
    const options = { aggregate, withMembers: false };
    const { reference, predicted } = taskOf(task.shape).predictions;
    const known = predictionRecords(await storedPredictions(evaluation, bench.modelFolder), options);
    const unseen = unseenRecords(again, options);
    expect(known).toHaveLength(unseen.length);
    if (predicted === undefined || reference === undefined) return;
    expect(unseen.map((record) => record[predicted])).toEqual(known.map((record) => record[predicted]));
    for (const [row, record] of unseen.entries()) {
      expect(known[row]).toHaveProperty([reference]);
      expect(record).not.toHaveProperty([reference]);
      expect(Number(record['disagreement'])).toBeGreaterThanOrEqual(0);
    }
  });

  it('of train rows are of those that the gap was measured on, and give the train scores that were recorded', async () => {
    const [aggregate = 'logits'] = task.aggregates ?? [];
    // What is fitted is fitted to each of the two sets of rows by itself.
    const isFitted = task.shape.kind === 'question-answering';
    const judging = isFitted ? { judging: { null_threshold: 'fitted' } } : {};
    const { exported, metrics } = await stored(aggregate, { gap_rows: 15, ...judging });
    const content = readFileSync(bench.datasetFiles[bench.train.hash] ?? '');
    const predicted = predictedSplit(exported, { name: 'train', hash: bench.train.hash, content });
    expect(predicted.rows).toHaveLength(15);
    const { evaluated, members } = await predictMembers(predicted.exported, predicted.rows, {
      environment: {},
      threads: 1,
    });
    const train = { members, rows: evaluated };
    const { scores } = taskOf(task.shape);
    const again = evaluateOutputs({ scores, aggregate, evaluated: train, train, expectedKeptEntries: 0 }).metrics;
    const recorded = Object.entries(metrics).filter(([name]) => name.startsWith('train_'));
    expect(recorded).not.toEqual([]);
    expect(again).toMatchObject(Object.fromEntries(recorded));
    expect(again['gap_rows']).toBe(metrics['gap_rows']);
  });

  const { benchmark } = taskOf(task.shape).predictions;
  it.skipIf(benchmark === undefined)('score in the benchmark’s format what the evaluation says', async () => {
    const { metrics, evaluation } = await stored('logits');
    const predictions = await storedPredictions(evaluation, bench.modelFolder);
    const records = predictionRecords(predictions, { aggregate: 'logits', withMembers: false });
    const qas = bench.devRows.map((row) => {
      const { id, question, context, answers } = thawAnswers(row);
      const listed = answers.map(({ text, start }) => ({ text, answer_start: start }));
      return { context, qas: [{ id, question, answers: listed, is_impossible: listed.length === 0 }] };
    });
    const dataset = path.join(bench.folder, 'dataset.json');
    const file = path.join(bench.folder, 'predictions.json');
    writeFileSync(dataset, JSON.stringify({ version: 'v2.0', data: [{ title: 't', paragraphs: qas }] }));
    writeFileSync(file, benchmark?.file(records) ?? '');
    const { scores, notes } = scoreSquad({ dataset, predictions: file });
    expect(notes).toEqual([]);
    expect(scores['exact']).toBeCloseTo(100 * Number(metrics['exact_match']), 10);
    expect(scores['f1']).toBeCloseTo(100 * Number(metrics['answer_f1']), 10);
  });
});
