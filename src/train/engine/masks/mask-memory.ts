/** Bytes for a place's masks, by its name; they hold what an earlier run left there. */
export type MaskBytes = (name: string, count: number) => Uint8Array;

/**
 * Memory that masks are drawn into, lent to one run at a time and used again by the next: made anew for each pass, tens
 * of megabytes of it would wait for the garbage collector many times over.
 */
export class MaskMemory {
  readonly #free: Map<string, Uint8Array>[] = [];

  async lend<T>(use: (bytes: MaskBytes) => Promise<T>): Promise<T> {
    const own = this.#free.pop() ?? new Map<string, Uint8Array>();
    try {
      return await use((name, count) => {
        const known = own.get(name);
        if (known !== undefined && known.length >= count) return known.subarray(0, count);
        const made = new Uint8Array(count);
        own.set(name, made);
        return made;
      });
    } finally {
      this.#free.push(own);
    }
  }
}
