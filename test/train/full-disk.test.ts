// A disk fills while trainings run, and gets room again later. /dev/full takes an open and fails every write with
// ENOSPC, as a full disk does; a link to it under the name that a checkpoint is first written to is a disk that is full
// for one try: what fails is removed.
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { TrainSegment } from '../../src/sweep/segment.ts';
import { makeOnnxRunner } from '../../src/train/segments/onnx-runner.ts';
import type { SegmentRunner } from '../../src/train/process/segment-runner.ts';
import { makeSimulatedRunner } from '../../src/train/simulated/simulated-runner.ts';
import { expectOutcome, RecordingReporter, SegmentBench } from '../support/segment-run.ts';
import { simulatedTrainSegment } from '../support/simulated-segment.ts';

interface Trainer {
  readonly runner: SegmentRunner;
  readonly segment: TrainSegment;
  /** Below the trainer's folder. */
  readonly file: (step: number) => string;
}

const bench = new SegmentBench();

const place = ({ trainingHash: hash }: TrainSegment, name: string) => join(hash.slice(0, 2), `${hash}${name}`);

function trainers(): readonly Trainer[] {
  const onnx = bench.trainSegment(bench.specification({ epochs: 1 }));
  const simulated = simulatedTrainSegment({ steps: 20 });
  return [
    { runner: makeOnnxRunner(), segment: onnx, file: (step) => place(onnx, `/step-${step}-epoch-1.safetensors`) },
    {
      runner: makeSimulatedRunner(),
      segment: simulated,
      file: (step) => place(simulated, `-step-${step}-epoch-1.json`),
    },
  ];
}

function fullFor({ segment, file }: Trainer, step: number, folder: string): void {
  const { trainer } = segment.specification;
  const path = join(folder, trainer, `${file(step)}.partial`);
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync('/dev/full', path);
}

test.skipIf(!existsSync('/dev/full'))(
  'a training that meets a full disk at its end waits for room, and ends as an undisturbed one',
  async () => {
    for (const trainer of trainers()) {
      const { runner, segment } = trainer;
      const undisturbed = { ...bench.command(segment), checkpointFolder: join(bench.folder, 'undisturbed') };
      const expected = expectOutcome(await runner.run(undisturbed, new RecordingReporter()), 'trained');
      const reporter = new RecordingReporter();
      fullFor(trainer, segment.endStep, bench.checkpointFolder);
      const outcome = expectOutcome(await runner.run(bench.command(segment), reporter), 'trained');
      expect(outcome.checkpoint.sha256).toBe(expected.checkpoint.sha256);
      const told = reporter.events.filter(({ name }) => /room|failed/.test(name));
      expect(told).toMatchObject([
        { name: 'waiting_for_room', detail: { code: 'DISK_FULL', step: segment.endStep } },
        { name: 'room_again', detail: { step: segment.endStep } },
      ]);
      expect(reporter.values('loss', outcome.metrics)).toHaveLength(segment.endStep);
    }
  },
);

test.skipIf(!existsSync('/dev/full'))(
  'a training that waits for room, and one that is given back on a full disk, end when their slot is wanted back',
  async () => {
    for (const trainer of trainers()) {
      const { runner, segment } = trainer;
      for (const at of [segment.endStep, 5]) {
        const reporter = new RecordingReporter(at);
        const folder = join(bench.folder, `given-back-${at}`);
        fullFor(trainer, at, folder);
        const outcome = await runner.run({ ...bench.command(segment), checkpointFolder: folder }, reporter);
        expect(outcome).toEqual({ kind: 'released' });
        expect(reporter.checkpoints).toEqual([]);
        expect(reporter.events.map(({ detail }) => detail['code'])).toContain('DISK_FULL');
      }
    }
  },
);
