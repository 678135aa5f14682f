import type { SweepSnapshot } from '../../store/views/sweep-snapshot.ts';
import { frontTrials } from '../parts/tradeoff.ts';
import { beside, captionRule, clipLine } from '../terminal/styled-line.ts';
import { shownCount, trialAt, trialTable } from '../tables/trial-table.ts';
import type { ViewState } from '../view-state.ts';
import { trialFacts } from './trial.ts';
import { snapshotView } from './view.ts';

/** The table alone. */
export const trials = snapshotView({
  name: 'trials',
  key: '2',
  help: 'every trial, by any column',
  eventsBelow: true,
  rows: (_, snapshot) => shownCount(snapshot),
  filtered: true,
  sorted: true,
  rowsFrom: 2,
  visible: (_, height) => Math.max(0, height - 2),
  draw(_, { snapshot, state, width, height }) {
    const front = frontTrials(snapshot);
    const chosen = width >= besideFrom ? trialAt(snapshot, state) : null;
    if (chosen === null) return trialTable(snapshot, state, front, width, height);
    const left = width - besideWidth - 1;
    const table = trialTable(snapshot, state, front, left, height);
    const facts = [
      captionRule(`trial ${chosen.trial}`, besideWidth),
      ...trialFacts(chosen, snapshot.definition).map((line) => clipLine(line, besideWidth)),
    ];
    return beside(
      Array.from({ length: height }, (_line, row) => table[row] ?? []),
      left + 1,
      facts,
    );
  },
  open: (_, frame) => openTrial(frame),
  trials: (_, { snapshot, state }) => chosenTrial(snapshot, state),
});

/** Columns from which the chosen trial stands beside the table, and how many it has. */
const besideFrom = 150;
const besideWidth = 64;

/** The chosen row's trial. */
export function openTrial({ snapshot, state }: { snapshot: SweepSnapshot; state: ViewState }) {
  const chosen = trialAt(snapshot, state);
  return chosen === null ? null : { view: 'trial', subject: String(chosen.trial) };
}

export function chosenTrial(snapshot: SweepSnapshot, state: ViewState): readonly number[] {
  const chosen = trialAt(snapshot, state);
  return chosen === null ? [] : [chosen.trial];
}
