import type { SweepSnapshot } from '../store/views/sweep-snapshot.ts';
import { frameLayout } from './terminal/frame-layout.ts';
import { hasPage } from './tables/trial-table.ts';
import type { TrialFilter } from '../store/views/trials/trial-filter.ts';
import type { ViewSource } from './reading/view-source.ts';
import {
  changeView,
  initialViewState,
  type Opened,
  type ViewAction,
  type ViewExtent,
  type ViewState,
} from './view-state.ts';
import { didYouMean } from '../sweep/file/sweep-file-problems.ts';
import { keyHelp } from './input/key-bindings.ts';
import { asChosen, choicesOf, type LastRead, readBesides } from './reading/last-read.ts';
import { chosenValue, type ReadView, type View } from './views/view.ts';
import { viewAfter, viewNamed, views } from './views/views.ts';

export interface ViewingOptions {
  readonly source: ViewSource;
  /** Of the terminal. */
  readonly size: () => { readonly columns: number; readonly rows: number };
  readonly snapshot: () => SweepSnapshot | null;
  /** Whether the snapshot's trials are those of a reading before it, or none. */
  readonly passedTrials: () => boolean;
  /** Asks for a drawing. */
  readonly draw: () => void;
  /** Asks for a reading of the snapshot, since other rows of it are shown. */
  readonly nudge: () => void;
  /** Tells of a reading that failed. */
  readonly failed: (view: string, error: unknown) => void;
}

/** Rows that a view reads beside those that are shown, so that scrolling does not wait. */
const rowsAround = 100;

/** The state of looking: the view, what is chosen in it, and what it last read. */
export class Viewing {
  readonly #options: ViewingOptions;
  #state: ViewState = initialViewState;
  /** The last reading of each view, by its name. */
  readonly #read = new Map<string, LastRead>();
  /** What is read at a key's word, and whether it was asked for again meanwhile. */
  #underway: { readonly of: string; again: boolean } | null = null;
  /** Counts the readings. */
  #turn = 0;
  /** Whether a reading is being refined: one at a time, however often it is read. */
  #refining = false;

  constructor(options: ViewingOptions) {
    this.#options = options;
  }

  get state(): ViewState {
    return this.#state;
  }

  /**
   * The reading that the view shows: its last of the same subject, be it with other choices; null while there is none.
   */
  get shown(): ReadView | null {
    const { drawn } = viewNamed(this.#state.view);
    return drawn ?? this.#lastRead?.view ?? null;
  }

  /** Whether what is shown is still to be replaced by what was asked for. */
  get reading(): boolean {
    const { read } = viewNamed(this.#state.view);
    return read !== null && this.#lastRead?.choices !== choicesOf(this.#state);
  }

  get #lastRead(): LastRead | undefined {
    const last = this.#read.get(this.#state.view);
    const sweepId = this.#options.snapshot()?.sweepId;
    const same = last !== undefined && last.sweepId === sweepId && last.subject === this.#state.subject;
    return same ? last : undefined;
  }

  /** Whether trials of the snapshot are shown. */
  get showsTrials(): boolean {
    return viewNamed(this.#state.view).drawn !== null;
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
    if (body === undefined) return { rows: 0, visible: 0 };
    const helpMost = helpMostIn(body);
    if (snapshot === null) return { rows: 0, visible: 0, helpMost };
    const list = this.shown?.list({ snapshot, width, height: body }) ?? null;
    const { rowsFrom } = view;
    return {
      rows: this.shown?.rows(snapshot) ?? 0,
      helpMost,
      ...(list ?? { visible: view.visible(width, body), ...(rowsFrom === undefined ? {} : { rowsFrom }) }),
    };
  }

  /** Does what an action asks for. @returns why not; null: it is done */
  take(action: ViewAction): string | null {
    const { name, sorted } = viewNamed(this.#state.view);
    if ((action.kind === 'next_sort' || action.kind === 'sort') && sorted !== true)
      return `${name} has an order of its own; ${namesOf((view) => view.sorted === true)} can be sorted`;
    if (action.kind === 'columns' && !this.showsTrials)
      return `${name} has columns of its own; those of ${namesOf((view) => view.drawn !== null)} can be chosen`;
    this.change(action);
    return null;
  }

  change(action: ViewAction): void {
    const before = this.#state;
    const { extent } = this;
    this.#state = changeView(before, action, extent);
    const snapshot = this.#options.snapshot();
    const view = viewNamed(this.#state.view);
    const has = (shown: SweepSnapshot): boolean =>
      !this.#options.passedTrials() && hasPage(shown, this.#state, extent.visible);
    const paged = snapshot !== null && this.showsTrials && !has(snapshot);
    const arrived = before.view !== view.name;
    // What has to be drawn is drawn first, of what is there.
    this.#options.draw();
    if (paged) this.#options.nudge();
    if (arrived || this.#lacks(before)) void this.#readAtOnce();
  }

  /** Whether the view's query is to be asked again for what it shows now. */
  #lacks(before: ViewState): boolean {
    const { offset } = this.#state;
    const view = viewNamed(this.#state.view);
    if (view.read === null) return false;
    if (this.reading || readBesides(before) !== readBesides(this.#state)) return true;
    const { rows, visible } = this.extent;
    return this.shown?.has(offset, Math.min(rows, offset + visible)) !== true;
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

  /** The view that the chosen row leads to, or why there is none; null: nothing is shown yet. */
  opened(): Opened | string | null {
    const snapshot = this.#options.snapshot();
    const { name, opens, nothing } = viewNamed(this.#state.view);
    if (snapshot === null || this.#state.help || this.shown === null) return null;
    if (!opens) return `enter opens nothing in ${name}`;
    return this.shown.open({ snapshot, state: this.#state }) ?? nothing ?? 'there is nothing behind this row';
  }

  /** Trials that are marked, and those of the chosen row. */
  get trials(): { readonly marked: readonly number[]; readonly chosen: readonly number[] } {
    const snapshot = this.#options.snapshot();
    const state = this.#state;
    const chosen = snapshot === null || state.help ? [] : (this.shown?.trials({ snapshot, state }) ?? []);
    return { marked: state.marked, chosen };
  }

  /** Marks the chosen row, and goes on to the next. @returns why not; null: it is marked */
  mark(): string | null {
    const { chosen } = this.trials;
    const { name, marks } = viewNamed(this.#state.view);
    if (!marks) return `${name} has no trials to mark`;
    if (chosen.length === 0) return 'this row has no trials to mark';
    this.change({ kind: 'mark', trials: chosen });
    const { rows, step } = this.extent;
    if (rows > 1 && step === undefined) this.change({ kind: 'move', rows: 1 });
    return null;
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
    const { rows } = this.#options.size();
    const limit = 2 * rowsAround + rows;
    const turn = ++this.#turn;
    const view = await read(this.#options.source, {
      sweepId: snapshot.sweepId,
      snapshot,
      subject: state.subject,
      offset,
      limit,
      shown: { from: state.offset, rows },
      choices: state.choices,
      marked: state.marked,
      selected: state.selected,
      filter: state.filter,
      sort: state.sort,
    });
    // What was asked for later counts, whichever comes first.
    if (turn !== this.#turn) return;
    const { sweepId } = snapshot;
    // What was read of another sweep is not kept beside this one's.
    if ([...this.#read.values()].some((last) => last.sweepId !== sweepId)) this.#read.clear();
    this.#read.set(state.view, {
      sweepId,
      subject: state.subject,
      choices: choicesOf(state),
      of: state.choices,
      view: asChosen(view, state),
    });
    void this.#refine();
  }

  /** What takes longer follows: of what is shown by now, and not before what is being refined is done. */
  async #refine(): Promise<void> {
    const last = this.#lastRead;
    if (this.#refining || last === undefined || last.view.refine === null) return;
    const { view } = this.#state;
    this.#refining = true;
    try {
      const more = await last.view.refine();
      if (more !== null && this.#read.get(view) === last) {
        this.#read.set(view, { ...last, view: asChosen(more, { choices: last.of }) });
        this.#options.draw();
      }
    } catch (error) {
      this.#options.failed(view, error);
    } finally {
      this.#refining = false;
    }
    if (this.#lastRead !== last) await this.#refine();
  }

  /** Does not wait for the snapshot's turn. What is being read already is not asked for a second time, but after it. */
  async #readAtOnce(): Promise<void> {
    const snapshot = this.#options.snapshot();
    if (snapshot === null) return;
    const { view, subject } = this.#state;
    const of = [view, subject, choicesOf(this.#state), readBesides(this.#state)].join(' ');
    const under = this.#underway;
    if (under?.of === of) {
      under.again = true;
      return;
    }
    const mine = { of, again: false };
    this.#underway = mine;
    try {
      await this.read(snapshot);
    } catch (error) {
      this.#options.failed(view, error);
    }
    if (this.#underway !== mine) return;
    this.#underway = null;
    this.#options.draw();
    if (mine.again && this.#lacks(this.#state)) await this.#readAtOnce();
  }
}

function namesOf(chosen: (view: View) => boolean): string {
  return views
    .filter(chosen)
    .map(({ name }) => name)
    .join(', ');
}

/** Lines of the help that can be scrolled past where the body has so many. */
function helpMostIn(body: number): number {
  return Math.max(0, keyHelp.length - Math.max(1, body - 1));
}
