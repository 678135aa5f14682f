import { assertNever } from '../base/assert-never.ts';
import type { TrialSort } from '../store/views/sweep-snapshot.ts';
import type { FilterColumn, TrialFilter } from '../store/views/trials/trial-filter.ts';

/** The view that `enter` leads to. */
export interface Opened {
  /** Name of the view. */
  readonly view: string;
  /** Its subject, as that view reads it; empty: the sweep. */
  readonly subject: string;
  /** The sweep to watch, where it is another one. */
  readonly sweep?: string;
  /** Which trials are shown there; absent: as before. */
  readonly filter?: TrialFilter;
  /** In which order; absent: as before. */
  readonly sort?: TrialSort;
}

/** The choices of the person at the keyboard; never stored. */
export interface ViewState {
  /** Name of the view that fills the body of the frame. */
  readonly view: string;
  readonly subject: string;
  /** Place among the orders that a key goes through, or any other order. */
  readonly sort: number | TrialSort;
  /** Columns of the trials; null: those that the sweep calls for. */
  readonly columns: readonly FilterColumn[] | null;
  /** Trials that commands are for, ascending. */
  readonly marked: readonly number[];
  /** Choices in single views, by `view choice`. */
  readonly choices: Readonly<Record<string, string>>;
  /** Which trials are shown; null: all. */
  readonly filter: TrialFilter | null;
  /** Rows scrolled past. */
  readonly offset: number;
  /** Place of the chosen row among all. */
  readonly selected: number;
  readonly help: boolean;
  /** Lines of the help scrolled past. */
  readonly helpOffset: number;
  /** Where `esc` leads; null: it was not opened from anywhere. */
  readonly back: ViewState | null;
}

export const initialViewState: ViewState = {
  view: 'overview',
  subject: '',
  sort: 0,
  columns: null,
  marked: [],
  choices: {},
  filter: null,
  offset: 0,
  selected: 0,
  help: false,
  helpOffset: 0,
  back: null,
};

export type ViewAction =
  | { readonly kind: 'go'; readonly view: string }
  | { readonly kind: 'open'; readonly opened: Opened }
  | { readonly kind: 'back' }
  | { readonly kind: 'next_sort' }
  | { readonly kind: 'sort'; readonly sort: TrialSort }
  | { readonly kind: 'columns'; readonly columns: readonly FilterColumn[] | null }
  /** Marks these; where all of them are marked, takes the marks away. */
  | { readonly kind: 'mark'; readonly trials: readonly number[] }
  | { readonly kind: 'unmark' }
  | { readonly kind: 'choose'; readonly choice: string; readonly value: string }
  | { readonly kind: 'filter'; readonly filter: TrialFilter | null }
  | { readonly kind: 'toggle_help' }
  | { readonly kind: 'move'; readonly rows: number };

const top = { offset: 0, selected: 0 };

/** Rows of the view, over all pages, and how many the screen shows. */
export interface ViewExtent {
  readonly rows: number;
  readonly visible: number;
  /** Lines above the first of them; absent: they have no line each. */
  readonly rowsFrom?: number;
  /** Rows are not chosen: so many at once are scrolled past. Absent: one is chosen. */
  readonly step?: number;
  /** Lines of the help that can be scrolled past; absent: none. */
  readonly helpMost?: number;
}

export function changeView(state: ViewState, action: ViewAction, extent: ViewExtent): ViewState {
  switch (action.kind) {
    case 'go':
      return { ...initialViewState, ...kept(state), view: action.view };
    case 'open': {
      const { view, subject, sweep, filter, sort } = action.opened;
      // Another sweep has other columns and other trials.
      const of = sweep === undefined ? kept(state) : { choices: state.choices };
      const asked = { ...(filter === undefined ? {} : { filter }), ...(sort === undefined ? {} : { sort }) };
      return { ...initialViewState, ...of, ...asked, view, subject, back: state };
    }
    case 'back':
      if (state.help) return { ...state, help: false };
      if (state.back !== null) return { ...state.back, marked: state.marked, choices: state.choices };
      return { ...state, filter: null, ...(state.filter === null ? { marked: [] } : top) };
    case 'filter':
      return { ...state, help: false, filter: action.filter, ...top };
    case 'next_sort':
      return { ...state, sort: typeof state.sort === 'number' ? state.sort + 1 : 0, ...top };
    case 'sort':
      return { ...state, sort: action.sort, ...top };
    case 'columns':
      return { ...state, columns: action.columns };
    case 'mark':
      return { ...state, marked: marksAfter(state.marked, action.trials) };
    case 'unmark':
      return { ...state, marked: [] };
    case 'choose':
      return { ...state, choices: { ...state.choices, [action.choice]: action.value }, ...top };
    case 'toggle_help':
      return { ...state, help: !state.help, helpOffset: 0 };
    case 'move':
      return moved(state, action.rows, extent);
    default:
      return assertNever(action, 'view action');
  }
}

function moved(state: ViewState, by: number, { rows, visible, step, helpMost = 0 }: ViewExtent): ViewState {
  if (state.help) return { ...state, helpOffset: Math.max(0, Math.min(helpMost, state.helpOffset + by)) };
  if (step !== undefined) {
    const most = step * Math.ceil(Math.max(0, rows - visible) / step);
    const offset = Math.max(0, Math.min(most, Math.min(state.offset, most) + step * by));
    return { ...state, selected: offset, offset };
  }
  const from = Math.min(state.selected, Math.max(0, rows - 1));
  const selected = Math.max(0, Math.min(rows - 1, from + by));
  // No further than is needed to see the chosen row, and never past a full screen.
  const offset = Math.max(selected - visible + 1, Math.min(state.offset, selected, rows - visible));
  return { ...state, selected, offset: Math.max(0, offset) };
}

/** What holds for all views of a sweep. */
function kept({ sort, columns, marked, choices, filter }: ViewState) {
  return { sort, columns, marked, choices, filter };
}

function marksAfter(marked: readonly number[], trials: readonly number[]): readonly number[] {
  const all = trials.every((trial) => marked.includes(trial));
  const after = all ? marked.filter((trial) => !trials.includes(trial)) : [...new Set([...marked, ...trials])];
  return after.toSorted((a, b) => a - b);
}
