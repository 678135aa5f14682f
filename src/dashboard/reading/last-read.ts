import type { ViewState } from '../view-state.ts';
import type { ReadView } from '../views/view.ts';
import { viewNamed } from '../views/views.ts';

/** A view's last reading, of what and with which choices. */
export interface LastRead {
  readonly sweepId: string;
  readonly subject: string;
  readonly choices: string;
  /** All choices that were made then. */
  readonly of: ViewState['choices'];
  readonly view: ReadView;
}

/** It is drawn with the choices that it was read with, until what was read with others is there. */
export function asChosen(view: ReadView, { choices }: Pick<ViewState, 'choices'>): ReadView {
  return { ...view, draw: (frame) => view.draw({ ...frame, state: { ...frame.state, choices } }) };
}

/** The marks and the chosen row, where the view that a state is in reads more of them. */
export function readBesides({ view, marked, selected }: ViewState): string {
  const { readsMarked, readsChosen } = viewNamed(view);
  return `${readsMarked === true ? marked.join(',') : ''} ${readsChosen === true ? selected : ''}`;
}

/** What was chosen in the view that a state is in, and which trials in which order, as far as it goes by these. */
export function choicesOf({ view, choices, filter, sort }: ViewState): string {
  const { choices: own = [], filtered, sorted } = viewNamed(view);
  return JSON.stringify([
    own.map(({ name }) => choices[`${view} ${name}`] ?? ''),
    filtered === true ? (filter?.text ?? null) : null,
    sorted === true ? sort : null,
  ]);
}
