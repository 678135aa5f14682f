import type { SweepSnapshot } from '../../store/sweep-snapshot.ts';
import { tradeoff } from '../tradeoff.ts';
import { shownCount, trialAt, trialTable } from '../trial-table.ts';
import type { ViewState } from '../view-state.ts';
import { snapshotView } from './view.ts';

/** The table alone. */
export const trials = snapshotView({
  name: 'trials',
  key: '2',
  help: 'every trial, by any column',
  eventsBelow: true,
  rows: (_, snapshot) => shownCount(snapshot),
  filtered: true,
  rowsFrom: 2,
  visible: (_, height) => Math.max(0, height - 2),
  draw: (_, { snapshot, state, width, height }) =>
    trialTable(snapshot, state, new Set(tradeoff(snapshot).front.map(({ trial }) => trial)), width, height),
  open: (_, frame) => openTrial(frame),
  trials: (_, { snapshot, state }) => chosenTrial(snapshot, state),
});

/** The chosen row's trial. */
export function openTrial({ snapshot, state }: { snapshot: SweepSnapshot; state: ViewState }) {
  const chosen = trialAt(snapshot, state);
  return chosen === null ? null : { view: 'trial', subject: String(chosen.trial) };
}

export function chosenTrial(snapshot: SweepSnapshot, state: ViewState): readonly number[] {
  const chosen = trialAt(snapshot, state);
  return chosen === null ? [] : [chosen.trial];
}
