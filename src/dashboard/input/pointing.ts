import { frameLayout } from '../terminal/frame-layout.ts';
import type { MouseReport } from './mouse.ts';
import { tabAt } from '../parts/view-tabs.ts';
import type { Viewing } from '../viewing.ts';
import { viewNamed } from '../views/views.ts';

/** Rows that one turn of the wheel goes on. */
const wheelRows = 3;

export interface PointingOptions {
  readonly viewing: Viewing;
  readonly size: () => { readonly columns: number; readonly rows: number };
  /** Opens the chosen row. */
  readonly open: () => void;
}

/** The mouse's part: the wheel scrolls, a press chooses a row or a tab, and one on the row that is chosen opens it. */
export class Pointing {
  readonly #options: PointingOptions;

  constructor(options: PointingOptions) {
    this.#options = options;
  }

  take({ kind, turn, column, row }: MouseReport): void {
    const { viewing, size, open } = this.#options;
    if (kind === 'wheel') return viewing.change({ kind: 'move', rows: wheelRows * turn });
    const { columns: width, rows: height } = size();
    const { view: name, help, selected } = viewing.state;
    const view = viewNamed(name);
    const layout = frameLayout(view.eventsBelow, width, height);
    if (layout === null) return;
    if (row >= height - layout.keys) {
      const tab = tabAt(column, name, width);
      if (tab !== null) viewing.change({ kind: 'go', view: tab });
      return;
    }
    const line = row - layout.header;
    const { rows, visible, rowsFrom } = viewing.extent;
    if (help || rowsFrom === undefined || line < rowsFrom || line >= layout.body) return;
    const place = line - rowsFrom;
    const wanted = viewing.state.offset + place;
    if (place >= visible || wanted >= rows) return;
    if (wanted === selected) open();
    else viewing.change({ kind: 'move', rows: wanted - selected });
  }
}
