/**
 * Remembers what was worked out of values that never change, for as long as they are held: of each the last few by their
 * key. A frame is drawn at every key, from the same snapshot most times.
 */
export class Remembered<Of extends object, Made> {
  readonly #made = new WeakMap<Of, Map<string, Made>>();
  readonly #most: number;

  constructor(most = 2) {
    this.#most = most;
  }

  of(of: Of, key: string, make: () => Made): Made {
    const known = this.#made.get(of) ?? new Map<string, Made>();
    this.#made.set(of, known);
    const found = known.get(key);
    if (found !== undefined || known.has(key)) return found as Made;
    const made = make();
    const [oldest] = known.keys();
    if (known.size >= this.#most && oldest !== undefined) known.delete(oldest);
    known.set(key, made);
    return made;
  }
}
