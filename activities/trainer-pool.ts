import type { CheckpointReference, MetricChunk, Segment, SegmentOutcome } from '../src/sweep/segment.ts';
import type { ProbeRequest, TheoryConstants } from '../src/train/trainer-protocol.ts';

/** What a trainer tells while a segment runs. */
export interface SegmentListener {
  progress(step: number, of: number): void;
  metrics(chunks: readonly MetricChunk[]): void;
  checkpoint(checkpoint: CheckpointReference, chunks: readonly MetricChunk[]): void;
  event(name: string, detail: Record<string, unknown>): void;
}

/** A slot's warm trainer, as activities see it. */
export interface Trainer {
  /** What its results depend on besides their inputs. */
  numericsClass(): Promise<string>;
  /**
   * Runs one segment. Whatever happens to the process is an outcome: `released` when it was stopped from outside,
   * `process_died` when it died by itself or stalled. Throws what concerns this machine, not the configuration.
   */
  run(segment: Segment, listener: SegmentListener): Promise<SegmentOutcome>;
  probe(request: ProbeRequest): Promise<TheoryConstants>;
  /** Asks for a checkpoint and the slot; insists with signals after a while. */
  release(): void;
  /** Ends the running segment at once, without a checkpoint. */
  discard(): void;
  /** False once work runs that has shown no progress for the stall limit. */
  readonly alive: boolean;
}

export interface TrainerPool {
  /** As many as the worker has slots; waits for a free one. */
  acquire(): Promise<Trainer>;
  giveBack(trainer: Trainer): void;
}
