import { type OutputRows, rowOffsets } from '../../sweep/output-rows.ts';

/** Outputs of some of a set's inputs, of one pass over it. */
export interface OutputPage {
  /** Numbers of the inputs. */
  readonly inputs: Uint32Array;
  /** A row of each, in the same order. */
  readonly outputs: OutputRows;
}

/** Where a pass keeps what it has, so that another may go on from there. */
export interface PageKeeping {
  /** Pages that were kept of this pass before. */
  readonly stored: readonly OutputPage[];
  readonly clock: PageClock;
  keep(page: OutputPage): void;
}

/** When pages are kept, of all passes of an evaluation together: what one of them has done is not lost in the next. */
export class PageClock {
  readonly #everyMs: number;
  readonly #gathering = new Set<OutputPages>();
  #keptAt = performance.now();

  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  /** A pass has more than it has kept. */
  note(pages: OutputPages): void {
    this.#gathering.add(pages);
    if (performance.now() - this.#keptAt >= this.#everyMs) this.flush();
  }

  /** Keeps what has gathered in all passes. */
  flush(): void {
    this.#keptAt = performance.now();
    for (const pages of this.#gathering) pages.keep();
    this.#gathering.clear();
  }
}

/** The pages of one pass: which inputs earlier ones hold, and those that gather for the next. */
export class OutputPages {
  readonly #all: OutputRows;
  readonly #keeping: PageKeeping | null;
  readonly #done = new Set<number>();
  #gathered: number[] = [];

  /** @param all outputs of all inputs, which those that were stored are written into */
  constructor(all: OutputRows, keeping: PageKeeping | null) {
    this.#all = all;
    this.#keeping = keeping;
    for (const page of keeping?.stored ?? []) this.#take(page);
  }

  /** Whether pages hold all of a batch: one that they hold in part is run whole, with the bits that it had whole. */
  holds(batch: Uint32Array): boolean {
    return this.#done.size > 0 && batch.every((input) => this.#done.has(input));
  }

  get done(): number {
    return this.#done.size;
  }

  /** Outputs of these inputs are there; they are kept with the others of the page when it is time. */
  add(inputs: Uint32Array): void {
    if (this.#keeping === null) return;
    for (const input of inputs) this.#gathered.push(input);
    this.#keeping.clock.note(this);
  }

  keep(): void {
    if (this.#keeping === null || this.#gathered.length === 0) return;
    const inputs = Uint32Array.from(this.#gathered);
    const rows = this.#gathered.map((input) => this.#outputsOf(input));
    const offsets = rowOffsets(rows.map(({ length }) => length));
    const values = new Float32Array(offsets.at(-1) ?? 0);
    for (const [at, row] of rows.entries()) values.set(row, offsets[at] ?? 0);
    this.#gathered = [];
    this.#keeping.keep({ inputs, outputs: { values, offsets } });
  }

  /** One that another made other inputs of is left aside. */
  #take({ inputs, outputs }: OutputPage): void {
    const isOfThese = Array.from(inputs).every((input, at) => {
      const own = this.#outputsOf(input).length;
      return own > 0 && own === (outputs.offsets[at + 1] ?? 0) - (outputs.offsets[at] ?? 0);
    });
    if (!isOfThese) return;
    for (const [at, input] of inputs.entries()) {
      this.#outputsOf(input).set(outputs.values.subarray(outputs.offsets[at], outputs.offsets[at + 1]));
      this.#done.add(input);
    }
  }

  #outputsOf(input: number): Float32Array {
    const { values, offsets } = this.#all;
    return values.subarray(offsets[input] ?? 0, offsets[input + 1] ?? 0);
  }
}
