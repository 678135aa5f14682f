import type { CheckpointReference, MetricChunk, SegmentOutcome } from '../sweep/segment.ts';
import type { PackingPlan } from '../sweep/packing.ts';
import type { ProbeRequest, TheoryConstants, ToTrainer } from './trainer-protocol.ts';

export type RunCommand = Extract<ToTrainer, { kind: 'run' }>;

/** How a runner tells of its work while it goes on. */
export interface SegmentReporter {
  progress(step: number, of: number): void;
  metrics(chunks: readonly MetricChunk[]): void;
  /** Called after the file is renamed into place and synced. */
  checkpoint(checkpoint: CheckpointReference, chunks: readonly MetricChunk[]): void;
  event(name: string, detail: Record<string, unknown>): void;
  /** What was measured for a segment that came without a pack. */
  packing(plan: PackingPlan): void;
  /** True once the supervisor asked for the slot: write a checkpoint and return `released`. Polled between steps. */
  readonly releaseRequested: boolean;
}

/**
 * Runs segments inside the trainer process. One implementation per trainer kind. It returns outcomes of the
 * configuration (`diverged`, `infeasible`, …) as values; what it throws is a defect and ends the process.
 */
export interface SegmentRunner {
  run(command: RunCommand, reporter: SegmentReporter): Promise<SegmentOutcome>;
  probe(request: ProbeRequest): Promise<TheoryConstants>;
}
