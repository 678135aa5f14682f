import type { Segment, SegmentOutcome } from '../src/sweep/segment.ts';

/** The end of a segment that took no time. */
export function emptyOutcome(segment: Segment, accuracy: number): SegmentOutcome {
  if (segment.kind === 'train') {
    const { endStep: step } = segment;
    return {
      kind: 'trained',
      checkpoint: { storeId: 'bench', uri: `step-${step}`, step, sha256: '', bytes: 0 },
      metrics: [{ name: 'loss', firstStep: 1, values: new Float64Array(step) }],
      trainSeconds: 0,
      trainableParameters: 0,
    };
  }
  return {
    kind: 'evaluated',
    members: [],
    results: segment.evaluations.map(({ evaluationId }) => ({
      evaluationId,
      predictionsSha256: '',
      metrics: {
        rows: 0,
        accuracy,
        f1: null,
        matthews: null,
        pearson: null,
        spearman: null,
        loss: 0,
        brier: null,
        ece: null,
        reliability: [],
        mean_member_loss: 0,
        train_accuracy: null,
        train_loss: null,
        accuracy_gap: null,
        loss_gap: null,
        collapsed: false,
        expected_kept_entries: 0,
        inference_passes: 1,
      },
    })),
    evaluateSeconds: 0,
  };
}
