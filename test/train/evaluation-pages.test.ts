import { type ChildProcess, fork } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type {
  CheckpointReference,
  EvaluationPage,
  MemberPage,
  PendingEvaluation,
  SegmentOutcome,
} from '../../src/sweep/segment.ts';
import type { TrainingSpecification } from '../../src/sweep/vocabulary.ts';
import { makeOnnxRunner } from '../../src/train/segments/onnx-runner.ts';
import type { RunCommand } from '../../src/train/process/segment-runner.ts';
import type { FromTrainer } from '../../src/train/process/trainer-protocol.ts';
import { expectOutcome, RecordingReporter, SegmentBench, type TinyTask } from '../support/segment-run.ts';
import { tinyTasks } from '../support/tiny-tasks.ts';

/*
 * An evaluation of two members over 200 dev rows, in batches of 32, keeps a page after each batch. Whatever ends it, the
 * next one is handed the pages that were kept, runs the other inputs alone, and gives the same bits.
 */

const trainerProcess = path.resolve(import.meta.dirname, '../../dist/src/train/process/trainer-process-main.js');
const rows = 200;
interface Trained {
  readonly bench: SegmentBench;
  readonly specification: TrainingSpecification;
  readonly checkpoint: CheckpointReference;
}

let classified: Trained;
beforeAll(async () => {
  classified = await trained();
});
afterAll(() => rmSync(classified.bench.folder, { recursive: true }));

/** @param task absent: a classification of texts */
async function trained(task?: TinyTask): Promise<Trained> {
  const bench = new SegmentBench({ trainRows: 40, devRows: rows, ...(task === undefined ? {} : { task }) });
  const specification = bench.specification({ epochs: 2, dropout_rate: 0.4 });
  const segment = bench.trainSegment(specification);
  const outcome = await makeOnnxRunner().run(bench.command(segment), new RecordingReporter());
  return { bench, specification, checkpoint: expectOutcome(outcome, 'trained').checkpoint };
}

const pending = ({ bench }: Trained, storedPages: readonly MemberPage[] = []): PendingEvaluation => ({
  ...bench.pending('m2', { ensemble_size: 2, dropout_rate: 0.4, gap: false }),
  storedPages,
});

function commandOf(of: Trained, storedPages: readonly MemberPage[], checkpointEverySeconds = 0): RunCommand {
  const { bench, specification, checkpoint } = of;
  const segment = bench.evaluateSegment(specification, checkpoint, [pending(of, storedPages)]);
  return bench.command(segment, checkpointEverySeconds);
}

async function evaluate(
  reporter: RecordingReporter,
  storedPages: readonly MemberPage[] = [],
  everySeconds = 0,
  of = classified,
): Promise<SegmentOutcome> {
  return makeOnnxRunner().run(commandOf(of, storedPages, everySeconds), reporter);
}

const inputsOf = (pages: readonly EvaluationPage[]) =>
  pages.flatMap(({ member, inputs }) => Array.from(inputs, (input) => member * rows + input));

test('an evaluation that takes less than the time between checkpoints keeps no pages', async () => {
  const reporter = new RecordingReporter();
  expectOutcome(await evaluate(reporter, [], 3600), 'evaluated');
  expect(reporter.pages).toEqual([]);
});

test('asked for its slot, an evaluation keeps what it has, and the next one runs the other inputs alone', async () => {
  const whole = expectOutcome(await evaluate(new RecordingReporter()), 'evaluated');
  const first = new RecordingReporter(250);
  expect(await evaluate(first, [], 3600)).toEqual({ kind: 'released' });
  // Four batches of both members, which go through the rows together; the last pages are kept on the way out.
  const done = 2 * 4 * 32;
  expect(new Set(inputsOf(first.pages)).size).toBe(done);
  const second = new RecordingReporter();
  const resumed = expectOutcome(await evaluate(second, first.pages), 'evaluated');
  expect(resumed.results).toEqual(whole.results);
  expect(resumed.members).toEqual(whole.members);
  const again = inputsOf(second.pages);
  expect(again).toHaveLength(2 * rows - done);
  expect(again.filter((input) => inputsOf(first.pages).includes(input))).toEqual([]);
});

test('pages of other inputs than these are left aside', async () => {
  const whole = expectOutcome(await evaluate(new RecordingReporter()), 'evaluated');
  const outputs = { values: Float32Array.of(1, 2, 3), offsets: Uint32Array.of(0, 3) };
  const strange = [
    { member: 0, inputs: Uint32Array.of(5), outputs },
    { member: 1, inputs: Uint32Array.of(900), outputs },
  ];
  expect(expectOutcome(await evaluate(new RecordingReporter(), strange), 'evaluated').results).toEqual(whole.results);
});

test.each([
  ['a classification', undefined],
  ['questions with choices', tinyTasks['multiple-choice']],
])(
  'killed with SIGKILL after each third page, an evaluation of %s repeats only what was not kept, and ends in the same bits',
  async (_, task) => {
    const of = task === undefined ? classified : await trained(task);
    const whole = expectOutcome(await evaluate(new RecordingReporter(), [], 0, of), 'evaluated');
    const kept: EvaluationPage[] = [];
    let result: SegmentOutcome | null = null;
    for (let life = 0; result === null; life += 1) {
      expect(life).toBeLessThan(8);
      const { pages, outcome } = await live(commandOf(of, kept), 3);
      const before = new Set(inputsOf(kept));
      expect(inputsOf(pages).filter((input) => before.has(input))).toEqual([]);
      kept.push(...pages);
      result = outcome;
    }
    expect(expectOutcome(result, 'evaluated').results).toEqual(whole.results);
    if (of !== classified) rmSync(of.bench.folder, { recursive: true });
  },
);

/** Runs a trainer process until it is done, or has told of so many pages. */
async function live(command: RunCommand, most: number) {
  const pages: EvaluationPage[] = [];
  let outcome: SegmentOutcome | null = null;
  const child: ChildProcess = fork(trainerProcess, {
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  await new Promise<void>((done, fail) => {
    child.on('message', (message: FromTrainer) => {
      if (message.kind === 'ready') child.send(command);
      if (message.kind === 'page' && pages.length < most) pages.push(message.page);
      if (message.kind === 'done') outcome = message.outcome;
      if (pages.length === most || outcome !== null) child.kill('SIGKILL');
    });
    child.on('error', fail);
    child.on('exit', () => done());
  });
  return { pages, outcome };
}
