import type { SegmentOutcome } from '../../sweep/segment.ts';
import type { NewsTeller } from './segment-news.ts';
import type { ProbeRequest, TheoryConstants, ToTrainer } from './trainer-protocol.ts';

export type RunCommand = Extract<ToTrainer, { kind: 'run' }>;

/** How a runner tells of its work while it goes on. */
export interface SegmentReporter extends NewsTeller {
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
