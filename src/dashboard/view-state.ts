import { assertNever } from '../base/assert-never.ts';
import type { TrialFilter } from '../store/trial-filter.ts';

/** What `enter` leads to. */
export interface Opened {
  /** Name of the view. */
  readonly view: string;
  /** What it is of, as that view reads it; empty: the sweep. */
  readonly subject: string;
  /** The sweep to watch, where it is another one. */
  readonly sweep?: string;
}

/** What the person at the keyboard has chosen; never stored. */
export interface ViewState {
  /** Name of the view that fills the body of the frame. */
  readonly view: string;
  readonly subject: string;
  readonly sort: number;
  /** Which trials are shown; null: all. */
  readonly filter: TrialFilter | null;
  /** Rows scrolled past. */
  readonly offset: number;
  /** Place of the chosen row among all. */
  readonly selected: number;
  readonly help: boolean;
  /** Where `esc` leads; null: it was not opened from anywhere. */
  readonly back: ViewState | null;
}

export const initialViewState: ViewState = {
  view: 'overview',
  subject: '',
  sort: 0,
  filter: null,
  offset: 0,
  selected: 0,
  help: false,
  back: null,
};

export type ViewAction =
  | { readonly kind: 'go'; readonly view: string }
  | { readonly kind: 'open'; readonly opened: Opened }
  | { readonly kind: 'back' }
  | { readonly kind: 'next_sort' }
  | { readonly kind: 'filter'; readonly filter: TrialFilter | null }
  | { readonly kind: 'toggle_help' }
  | { readonly kind: 'move'; readonly rows: number };

const top = { offset: 0, selected: 0 };

/** Rows of the view, over all pages, and how many the screen shows. */
export interface ViewExtent {
  readonly rows: number;
  readonly visible: number;
}

export function changeView(state: ViewState, action: ViewAction, { rows, visible }: ViewExtent): ViewState {
  switch (action.kind) {
    case 'go':
      return { ...initialViewState, view: action.view, sort: state.sort, filter: state.filter };
    case 'open': {
      const { view, subject, sweep } = action.opened;
      // Another sweep has other columns.
      const filter = sweep === undefined ? state.filter : null;
      return { ...initialViewState, view, subject, sort: state.sort, filter, back: state };
    }
    case 'back':
      if (state.help) return { ...state, help: false };
      return state.back ?? { ...state, filter: null, ...(state.filter === null ? {} : top) };
    case 'filter':
      return { ...state, help: false, filter: action.filter, ...top };
    case 'next_sort':
      return { ...state, sort: state.sort + 1, ...top };
    case 'toggle_help':
      return { ...state, help: !state.help };
    case 'move': {
      const from = Math.min(state.selected, Math.max(0, rows - 1));
      const selected = Math.max(0, Math.min(rows - 1, from + action.rows));
      // No further than is needed to see the chosen row, and never past a full screen.
      const offset = Math.max(selected - visible + 1, Math.min(state.offset, selected, rows - visible));
      return { ...state, selected, offset: Math.max(0, offset) };
    }
    default:
      return assertNever(action, 'view action');
  }
}
