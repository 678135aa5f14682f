import type { Segment, SegmentOutcome } from '../src/sweep/segment.ts';
import type { TellNews } from '../src/train/process/segment-news.ts';
import type { ProbeRequest, TheoryConstants } from '../src/train/process/trainer-protocol.ts';

/** A slot's warm trainer, as activities see it. */
export interface Trainer {
  /** The class that its results depend on besides their inputs. */
  numericsClass(): Promise<string>;
  /**
   * Runs one segment, or several of one bundle at the same time. Whatever happens to the process is an outcome:
   * `released` when it was stopped from outside, `process_died` when it died by itself or stalled. Throws what concerns
   * this machine, not the configuration.
   */
  run(segment: Segment, tell: TellNews): Promise<SegmentOutcome>;
  probe(request: ProbeRequest): Promise<TheoryConstants>;
  /** Asks for a checkpoint and the slot, of that segment or of every one; insists with signals after a while. */
  release(segmentId?: string): void;
  /**
   * Ends that segment, or whatever runs, without waiting for a checkpoint. Where others run beside it, it is asked to
   * go, and their slot stands.
   */
  discard(segmentId?: string): void;
  /** False once work runs that has shown no progress for the stall limit. */
  readonly alive: boolean;
}

export interface TrainerPool {
  /** As many as the worker has slots; waits for a free one. */
  acquire(): Promise<Trainer>;
  giveBack(trainer: Trainer): void;
}
