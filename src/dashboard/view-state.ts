import { assertNever } from '../base/assert-never.ts';

/** What fills the body of the frame. */
export type DashboardView = 'overview' | 'trials' | 'tradeoff' | 'slots';

const views: readonly DashboardView[] = ['overview', 'trials', 'tradeoff', 'slots'];

/** What the person at the keyboard has chosen; never stored. */
export interface ViewState {
  readonly view: DashboardView;
  readonly sort: number;
  readonly offset: number;
  readonly help: boolean;
}

export const initialViewState: ViewState = { view: 'overview', sort: 0, offset: 0, help: false };

export type ViewAction =
  | { readonly kind: 'next_view' }
  | { readonly kind: 'next_sort' }
  | { readonly kind: 'toggle_help' }
  | { readonly kind: 'close_help' }
  | { readonly kind: 'scroll'; readonly rows: number };

/** @param lastOffset the greatest offset at which the table is still full */
export function changeView(state: ViewState, action: ViewAction, lastOffset: number): ViewState {
  switch (action.kind) {
    case 'next_view': {
      const next = views[(views.indexOf(state.view) + 1) % views.length] ?? 'overview';
      return { ...state, view: next, offset: 0, help: false };
    }
    case 'next_sort':
      return { ...state, sort: state.sort + 1, offset: 0 };
    case 'toggle_help':
      return { ...state, help: !state.help };
    case 'close_help':
      return { ...state, help: false };
    case 'scroll': {
      const from = Math.min(state.offset, lastOffset);
      return { ...state, offset: Math.max(0, Math.min(lastOffset, from + action.rows)) };
    }
    default:
      return assertNever(action, 'view action');
  }
}
