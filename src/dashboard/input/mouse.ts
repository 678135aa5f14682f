/** A terminal's report of the mouse, in SGR's form (mode 1006). */
export interface MouseReport {
  readonly kind: 'press' | 'wheel';
  /** −1 up, 1 down; 0: a press. */
  readonly turn: -1 | 0 | 1;
  /** From 0, from the upper left. */
  readonly column: number;
  readonly row: number;
}

/** ESC [ < button ; column ; row M, or m where the button is let go; the first may have lost its ESC on the way. */
const report = new RegExp(String.raw`^${'\u001B'}?\[<(\d+);(\d+);(\d+)([Mm])`);

const [leftButton, wheelUp, wheelDown] = [0, 64, 65];

/** The reports that an input is made of, those of no use left out; null: it is none of the mouse. */
export function mouseReports(input: string): readonly MouseReport[] | null {
  const found: MouseReport[] = [];
  for (let rest = input; rest !== ''; ) {
    const [whole, button, column, row, end] = report.exec(rest) ?? [];
    if (whole === undefined) return null;
    rest = rest.slice(whole.length);
    const at = { column: Number(column) - 1, row: Number(row) - 1 };
    if (end === 'm') continue;
    if (Number(button) === leftButton) found.push({ kind: 'press', turn: 0, ...at });
    else if (Number(button) === wheelUp) found.push({ kind: 'wheel', turn: -1, ...at });
    else if (Number(button) === wheelDown) found.push({ kind: 'wheel', turn: 1, ...at });
  }
  return input === '' ? null : found;
}
