import type { EventKindName } from '../../sweep/event-kinds.ts';
import type { CheckpointReference, EvaluationPage, MetricChunk } from '../../sweep/segment.ts';
import type { PackingPlan } from '../../sweep/packing.ts';

/** News of a segment while a trainer runs it: one value from the step to the record, by way of process and slot. */
export type SegmentNews =
  /** At least once a second while work advances; its absence is what the supervisor's stall limit measures. */
  | { readonly kind: 'progress'; readonly step: number; readonly of: number }
  | { readonly kind: 'metrics'; readonly chunks: readonly MetricChunk[] }
  /** The file is on disk and synced; the row is the supervisor's to write, with the metrics up to its step. */
  | { readonly kind: 'checkpoint'; readonly checkpoint: CheckpointReference; readonly chunks: readonly MetricChunk[] }
  /** Outputs that are to be kept while the evaluation goes on. */
  | { readonly kind: 'page'; readonly page: EvaluationPage }
  | { readonly kind: 'event'; readonly name: EventKindName; readonly detail: Record<string, unknown> }
  /** The plan that was measured for a segment that came without a pack. */
  | { readonly kind: 'packing'; readonly plan: PackingPlan };

export type TellNews = (news: SegmentNews) => void;

/** The same, as calls. */
export interface NewsTeller {
  progress(step: number, of: number): void;
  metrics(chunks: readonly MetricChunk[]): void;
  /** Called after the file is renamed into place and synced. */
  checkpoint(checkpoint: CheckpointReference, chunks: readonly MetricChunk[]): void;
  page(page: EvaluationPage): void;
  event(name: EventKindName, detail: Record<string, unknown>): void;
  packing(plan: PackingPlan): void;
}

export function newsTeller(tell: TellNews): NewsTeller {
  return {
    progress: (step, of) => tell({ kind: 'progress', step, of }),
    metrics: (chunks) => tell({ kind: 'metrics', chunks }),
    checkpoint: (checkpoint, chunks) => tell({ kind: 'checkpoint', checkpoint, chunks }),
    page: (page) => tell({ kind: 'page', page }),
    event: (name, detail) => tell({ kind: 'event', name, detail }),
    packing: (plan) => tell({ kind: 'packing', plan }),
  };
}
