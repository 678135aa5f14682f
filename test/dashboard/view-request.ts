import { initialViewState, type ViewState } from '../../src/dashboard/view-state.ts';
import type { ViewRequest } from '../../src/dashboard/views/view.ts';
import type { SweepSnapshot } from '../../src/store/views/sweep-snapshot.ts';

/** What a view in this state asks the record for. */
export function viewRequest(snapshot: SweepSnapshot, state: Partial<ViewState> = {}): ViewRequest {
  const { subject, choices, marked, selected, filter, sort } = { ...initialViewState, ...state };
  const { sweepId } = snapshot;
  return {
    ...{ sweepId, snapshot, subject, choices, marked, selected, filter, sort },
    ...{ offset: 0, limit: 200, shown: { from: 0, rows: 60 } },
  };
}
