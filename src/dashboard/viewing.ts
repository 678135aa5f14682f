import type { SweepSnapshot } from '../store/sweep-snapshot.ts';
import { frameLayout } from './frame-layout.ts';
import { hasPage } from './trial-table.ts';
import type { TrialFilter } from '../store/trial-filter.ts';
import type { ViewSource } from './view-source.ts';
import {
  changeView,
  initialViewState,
  type Opened,
  type ViewAction,
  type ViewExtent,
  type ViewState,
} from './view-state.ts';
import { didYouMean } from '../sweep/sweep-file-problems.ts';
import { chosenValue, type ReadView } from './views/view.ts';
import { viewAfter, viewNamed, views } from './views/views.ts';

export interface ViewingOptions {
  readonly source: ViewSource;
  /** Of the terminal. */
  readonly size: () => { readonly columns: number; readonly rows: number };
  readonly snapshot: () => SweepSnapshot | null;
  /** Asks for a drawing. */
  readonly draw: () => void;
  /** Asks for a reading of the snapshot, since other rows of it are shown. */
  readonly nudge: () => void;
  /** Tells of a reading that failed. */
  readonly failed: (view: string, error: unknown) => void;
}

/** Rows that a view reads beside those that are shown, so that scrolling does not wait. */
const rowsAround = 100;

/** What is looked at: the view, what is chosen in it, and what it last read. */
export class Viewing {
  readonly #options: ViewingOptions;
  #state: ViewState = initialViewState;
  /** What was last read, and of which view. */
  #read: { readonly of: string; readonly view: ReadView } | null = null;
  /** Counts the readings. */
  #turn = 0;

  constructor(options: ViewingOptions) {
    this.#options = options;
  }

  get state(): ViewState {
    return this.#state;
  }

  /** What the view shows; null while it has not been read yet. */
  get shown(): ReadView | null {
    const { drawn } = viewNamed(this.#state.view);
    if (drawn !== null) return drawn;
    return this.#read?.of === identity(this.#state) ? this.#read.view : null;
  }

  /** Whether it shows more than the sweep that is watched. */
  get beyondSweep(): boolean {
    return viewNamed(this.#state.view).beyondSweep === true;
  }

  get extent(): ViewExtent {
    const { columns: width, rows: height } = this.#options.size();
    const view = viewNamed(this.#state.view);
    const body = frameLayout(view.eventsBelow, width, height)?.body;
    const snapshot = this.#options.snapshot();
    if (snapshot === null || body === undefined) return { rows: 0, visible: 0 };
    return { rows: this.shown?.rows(snapshot) ?? 0, visible: view.visible(width, body) };
  }

  change(action: ViewAction): void {
    const before = this.#state;
    const { extent } = this;
    this.#state = changeView(before, action, extent);
    const snapshot = this.#options.snapshot();
    const moved =
      identity(before) !== identity(this.#state) ||
      before.offset !== this.#state.offset ||
      before.marked !== this.#state.marked;
    const paged = snapshot !== null && !hasPage(snapshot, this.#state, extent.visible);
    if (before.view !== this.#state.view || paged) this.#options.nudge();
    if (moved) void this.#readAtOnce();
    this.#options.draw();
  }

  /** Shows the trials that a filter leaves, in the first view that has them where this one has none. */
  filter(filter: TrialFilter | null): void {
    if (viewNamed(this.#state.view).filtered !== true) {
      const first = views.find(({ filtered }) => filtered === true);
      if (first !== undefined) this.change({ kind: 'go', view: first.name });
    }
    this.change({ kind: 'filter', filter });
  }

  next(): void {
    this.change({ kind: 'go', view: viewAfter(this.#state.view).name });
  }

  /** What the chosen row leads to; null: nothing. */
  opened(): Opened | null {
    const snapshot = this.#options.snapshot();
    if (snapshot === null || this.#state.help) return null;
    return this.shown?.open({ snapshot, state: this.#state }) ?? null;
  }

  /** Trials that are marked, and those of the chosen row. */
  get trials(): { readonly marked: readonly number[]; readonly chosen: readonly number[] } {
    const snapshot = this.#options.snapshot();
    const state = this.#state;
    const chosen = snapshot === null || state.help ? [] : (this.shown?.trials({ snapshot, state }) ?? []);
    return { marked: state.marked, chosen };
  }

  /** Marks the chosen row, and goes on to the next. */
  mark(): void {
    const { chosen } = this.trials;
    if (chosen.length === 0) return;
    this.change({ kind: 'mark', trials: chosen });
    if (this.extent.rows > 1) this.change({ kind: 'move', rows: 1 });
  }

  /** Of one of the view's choices the next value, or this one. @returns why not; null: it is chosen */
  choose(name: string, wanted?: string): string | null {
    const snapshot = this.#options.snapshot();
    const view = viewNamed(this.#state.view);
    const choice = view.choices?.find((each) => each.name === name);
    if (choice === undefined) return `${view.name} has no ${name} to choose`;
    if (snapshot === null) return null;
    const values = choice.values(snapshot);
    const now = chosenValue(view.name, choice, { snapshot, state: this.#state });
    const value = wanted ?? values[(values.indexOf(now) + 1) % values.length];
    if (value === undefined || !values.includes(value))
      return `there is no ${name} ${value ?? ''}${didYouMean(value ?? '', values)}; there are ${values.join(' ')}`;
    this.change({ kind: 'choose', choice: `${view.name} ${name}`, value });
    return null;
  }

  /** Reads what the view shows; nothing where the snapshot has it all. */
  async read(snapshot: SweepSnapshot): Promise<void> {
    const state = this.#state;
    const { read } = viewNamed(state.view);
    if (read === null) return;
    const offset = Math.max(0, state.offset - rowsAround);
    const limit = 2 * rowsAround + this.#options.size().rows;
    const turn = ++this.#turn;
    const view = await read(this.#options.source, {
      sweepId: snapshot.sweepId,
      snapshot,
      subject: state.subject,
      offset,
      limit,
      choices: state.choices,
      marked: state.marked,
    });
    // What was asked for later counts, whichever comes first.
    if (turn === this.#turn) this.#read = { of: identity(state), view };
  }

  /** Does not wait for the snapshot's turn. */
  async #readAtOnce(): Promise<void> {
    const snapshot = this.#options.snapshot();
    if (snapshot === null) return;
    const { view } = this.#state;
    try {
      await this.read(snapshot);
      this.#options.draw();
    } catch (error) {
      this.#options.failed(view, error);
    }
  }
}

/** Which view of what a state is in, with what was chosen there. */
function identity({ view, subject, choices }: ViewState): string {
  const own = (viewNamed(view).choices ?? []).map(({ name }) => choices[`${view} ${name}`] ?? '');
  return [view, subject, ...own].join(' ');
}
