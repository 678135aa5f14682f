import type { TrainerKind } from '../../sweep/vocabulary.ts';
import type { SegmentRunner } from './segment-runner.ts';

/** How each trainer is run inside the trainer process: a file and a line here, and a record in sweep/trainer-traits.ts. */
const runners: Readonly<Record<TrainerKind, () => Promise<SegmentRunner>>> = {
  onnx: async () => (await import('../segments/onnx-runner.ts')).makeOnnxRunner(),
  simulated: async () => (await import('../simulated/simulated-runner.ts')).makeSimulatedRunner(),
  command: async () => (await import('../program/command-runner.ts')).makeCommandRunner(),
  asked: () => Promise.reject(new Error('trainings that are asked for run in no slot')),
};

/** Opened at the kind's first segment: what a trainer needs is loaded by it alone. */
export function openRunner(kind: TrainerKind): Promise<SegmentRunner> {
  return runners[kind]();
}
