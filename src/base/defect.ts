/**
 * A fault of this program itself: no file, configuration or model is to blame, and none can mend it. A training
 * that meets one ends as a defect, with the report, at once: another attempt would meet it again.
 */
export class Defect extends Error {
  override readonly name = 'Defect';
  /** The fault and its place, without what to do. */
  readonly facts: readonly string[];

  constructor(...facts: readonly string[]) {
    super(
      [...facts, 'to do: this is a defect of dropsweep: report it, with this text and the sweep file'].join('\n  '),
    );
    this.facts = facts;
  }
}

/** A value that is there wherever this program is right. @throws Defect */
export function present<Value>(value: Value | null | undefined, what: string): Value {
  if (value === null || value === undefined) throw new Defect(`${what} is missing`);
  return value;
}
