import type { SweepSnapshot } from '../../store/views/sweep-snapshot.ts';
import type { TrialFilter } from '../../store/views/trials/trial-filter.ts';
import type { StyledLine } from '../terminal/styled-line.ts';
import type { Opened, ViewState } from '../view-state.ts';
import type { ViewSource } from '../reading/view-source.ts';

/** The frame that a view is drawn in. */
export interface ViewFrame {
  readonly snapshot: SweepSnapshot;
  readonly state: ViewState;
  readonly now: Date;
  /** Columns and rows of the body: between the header and the last events or keys. */
  readonly width: number;
  readonly height: number;
}

/** A view's request of the record: its own rows around those shown, and what it is of. */
export interface ViewRequest {
  readonly sweepId: string;
  /** As it was last read. */
  readonly snapshot: SweepSnapshot;
  readonly subject: string;
  readonly offset: number;
  readonly limit: number;
  /** Rows that are on the screen, from the first on. */
  readonly shown: { readonly from: number; readonly rows: number };
  /** See ViewState. */
  readonly choices: Readonly<Record<string, string>>;
  readonly marked: readonly number[];
  /** Place of the chosen row among all. */
  readonly selected: number;
  /** Which trials are shown; null: all. */
  readonly filter: TrialFilter | null;
  /** See ViewState. */
  readonly sort: ViewState['sort'];
}

/** Something that can be chosen in a view: a key goes through its values, the palette takes one by name. */
export interface ViewChoice {
  readonly name: string;
  readonly key: string;
  /** In the help. */
  readonly help: string;
  /** The first is chosen where nobody has chosen. */
  readonly values: (snapshot: SweepSnapshot) => readonly string[];
}

/**
 * One view of the dashboard: a file of this folder and a line in views.ts. Keys, help and the order of views are made
 * from these records.
 */
export interface ViewDefinition<Model> {
  readonly name: string;
  /** Goes to it from anywhere; absent: it is reached by opening something. */
  readonly key?: string;
  /** How many there are of what it shows one of, numbered from 1; absent: it is of the sweep. */
  readonly numbered?: (snapshot: SweepSnapshot) => number;
  /** Its sentence in the help. */
  readonly help: string;
  /** Whether the newest events stand below it; false where it shows them itself. */
  readonly eventsBelow: boolean;
  /** Whether it shows more than the sweep that is watched: it is read again though that sweep has ended. */
  readonly beyondSweep?: true;
  /** Whether it shows the trials that the filter leaves. */
  readonly filtered?: true;
  /** Whether its rows are in the order that trials are sorted in. */
  readonly sorted?: true;
  /** Whether it reads the trials that are marked too. */
  readonly readsMarked?: true;
  /** Whether it reads more of the row that is chosen. */
  readonly readsChosen?: true;
  /** Which of its rows were read; absent: all of them, and nothing is read when one scrolls. */
  readonly page?: (model: Model) => { readonly from: number; readonly count: number };
  /** Its own query; absent: the snapshot has all that it shows. */
  readonly read?: (source: ViewSource, request: ViewRequest) => Promise<Model>;
  /** The same with what takes longer, which is shown once it is there; null: there is no more to say. */
  readonly refine?: (model: Model, source: ViewSource, request: ViewRequest) => Promise<Model | null>;
  /** Rows that can be chosen, over all pages. */
  rows(model: Model, snapshot: SweepSnapshot): number;
  /** Lines of the body above the first of the rows, where each of these has a line; absent: they have none. */
  readonly rowsFrom?: number;
  /** Of these, how many are on the screen. */
  visible(width: number, height: number): number;
  /** Both, where they hang on what was read; absent: they do not. */
  readonly list?: (model: Model, frame: Pick<ViewFrame, 'snapshot' | 'width' | 'height'>) => ShownList;
  /** Exactly as much as fits into the frame. */
  draw(model: Model, frame: ViewFrame): readonly StyledLine[];
  /** Opens the chosen row, at `enter`; null: there is nothing behind it. */
  readonly open?: (model: Model, frame: ChosenIn) => Opened | null;
  /** Said where there is nothing behind the chosen row; absent: just that. */
  readonly nothing?: string;
  /** The trials that the chosen row stands for; absent: none. */
  readonly trials?: (model: Model, frame: ChosenIn) => readonly number[];
  readonly choices?: readonly ViewChoice[];
}

/** Where the rows of a view stand that are on the screen. */
export interface ShownList {
  readonly visible: number;
  /** See ViewDefinition. */
  readonly rowsFrom?: number;
  /** Rows are not chosen: so many at once are scrolled past. Absent: one is chosen. */
  readonly step?: number;
}

/** The part of a frame that says which row is chosen. */
export type ChosenIn = Pick<ViewFrame, 'snapshot' | 'state'>;

/** A view with what it has read. */
export interface ReadView {
  /** Whether it has these of its rows, from one place up to another. */
  has(from: number, to: number): boolean;
  rows(snapshot: SweepSnapshot): number;
  draw(frame: ViewFrame): readonly StyledLine[];
  /** See ViewDefinition; null: as the view has it. */
  list(frame: Pick<ViewFrame, 'snapshot' | 'width' | 'height'>): ShownList | null;
  open(frame: ChosenIn): Opened | null;
  trials(frame: ChosenIn): readonly number[];
  /** See ViewDefinition. */
  readonly refine: (() => Promise<ReadView | null>) | null;
}

/** A view, whatever it reads. */
export interface View
  extends Pick<
    ViewDefinition<never>,
    | 'name'
    | 'key'
    | 'help'
    | 'eventsBelow'
    | 'beyondSweep'
    | 'filtered'
    | 'sorted'
    | 'numbered'
    | 'readsMarked'
    | 'readsChosen'
    | 'visible'
    | 'rowsFrom'
    | 'choices'
    | 'nothing'
  > {
  /** Whether any of its rows can be opened, and whether they stand for trials. */
  readonly opens: boolean;
  readonly marks: boolean;
  /** Null: it reads nothing of its own, and `drawn` is all of it. */
  readonly read: ((source: ViewSource, request: ViewRequest) => Promise<ReadView>) | null;
  readonly drawn: ReadView | null;
}

/** A view that shows what it reads. */
export function readingView<Model>(
  definition: ViewDefinition<Model> & Required<Pick<ViewDefinition<Model>, 'read'>>,
): View {
  const { read, refine } = definition;
  const refined = (model: Model, source: ViewSource, request: ViewRequest) => async (): Promise<ReadView | null> => {
    const more = (await refine?.(model, source, request)) ?? null;
    return more === null ? null : withModel(definition, more, null);
  };
  return {
    ...definition,
    ...doneIn(definition),
    drawn: null,
    read: async (source, request) => {
      const model = await read(source, request);
      return withModel(definition, model, refine === undefined ? null : refined(model, source, request));
    },
  };
}

/** A view of the snapshot alone. */
export function snapshotView(definition: Omit<ViewDefinition<null>, 'read'>): View {
  return { ...definition, ...doneIn(definition), read: null, drawn: withModel(definition, null, null) };
}

function doneIn({
  open,
  trials,
}: {
  readonly open?: unknown;
  readonly trials?: unknown;
}): Pick<View, 'opens' | 'marks'> {
  return { opens: open !== undefined, marks: trials !== undefined };
}

function withModel<Model>(
  {
    rows,
    page,
    draw,
    list,
    open,
    trials,
  }: Pick<ViewDefinition<Model>, 'rows' | 'page' | 'draw' | 'list' | 'open' | 'trials'>,
  model: Model,
  refine: ReadView['refine'],
): ReadView {
  return {
    has(from, to) {
      const read = page?.(model);
      return read === undefined || (read.from <= from && to <= read.from + read.count);
    },
    rows: (snapshot) => rows(model, snapshot),
    draw: (frame) => draw(model, frame),
    list: (frame) => list?.(model, frame) ?? null,
    open: (frame) => open?.(model, frame) ?? null,
    trials: (frame) => trials?.(model, frame) ?? [],
    refine,
  };
}

/** The choice made in a view, or its default where nobody has chosen. */
export function chosenValue(
  view: string,
  { name, values }: ViewChoice,
  { snapshot, state }: Pick<ViewFrame, 'snapshot'> & { readonly state: Pick<ViewState, 'choices'> },
): string {
  const all = values(snapshot);
  const chosen = state.choices[`${view} ${name}`];
  return chosen !== undefined && all.includes(chosen) ? chosen : (all[0] ?? '');
}
