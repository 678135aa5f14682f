/** Dots of a cell, across and down. */
export const dotsAcross = 2;
export const dotsDown = 4;

/** The bit of each dot in U+2800's block, by row and column of the cell. */
const dotBits = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;

/** A field of braille cells, eight dots each. */
export class DotGrid {
  readonly #columns: number;
  readonly #cells: Uint8Array;

  constructor(columns: number, rows: number) {
    this.#columns = columns;
    this.#cells = new Uint8Array(columns * rows);
  }

  /** Every dot between two, ends included. */
  line([fromX, fromY]: readonly [number, number], [toX, toY]: readonly [number, number]): void {
    const steps = Math.max(Math.abs(toX - fromX), Math.abs(toY - fromY), 1);
    for (let step = 0; step <= steps; step += 1) {
      const part = step / steps;
      this.set(Math.round(fromX + part * (toX - fromX)), Math.round(fromY + part * (toY - fromY)));
    }
  }

  set(x: number, y: number): void {
    const cell = Math.floor(y / dotsDown) * this.#columns + Math.floor(x / dotsAcross);
    const bit = dotBits[y % dotsDown]?.[x % dotsAcross];
    const bits = this.#cells[cell];
    if (bit !== undefined && bits !== undefined) this.#cells[cell] = bits | bit;
  }

  /** What stands in a cell; a space where it has no dot. */
  cell(column: number, row: number): string {
    const bits = this.#cells[row * this.#columns + column] ?? 0;
    return bits === 0 ? ' ' : String.fromCodePoint(0x2800 + bits);
  }

  rows(): readonly string[] {
    const count = this.#cells.length / this.#columns;
    return Array.from({ length: count }, (_, row) =>
      Array.from({ length: this.#columns }, (_cell, column) => this.cell(column, row)).join(''),
    );
  }
}
