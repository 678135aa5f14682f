/** How a training ends that brings no result, as the record has it. */
export const failureKinds = ['diverged', 'crashed', 'out_of_memory', 'infeasible'] as const;

export type FailureKind = (typeof failureKinds)[number];

/** Whether such an end says that the configuration cannot be trained, and not that its training failed. */
export function isInfeasible(kind: FailureKind | undefined): boolean {
  return kind === 'out_of_memory' || kind === 'infeasible';
}
