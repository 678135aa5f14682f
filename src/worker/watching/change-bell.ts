/** A bell that is heard once, however often it was rung. */
export class ChangeBell {
  #rung = false;
  #waiting: (() => void) | null = null;

  ring(): void {
    this.#rung = true;
    this.#waiting?.();
  }

  /** Resolves when it has been rung since the last time, or rings, or after `ms`, or at the signal. */
  async heard(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#rung && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const over = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', over);
          this.#waiting = null;
          resolve();
        };
        const timer = setTimeout(over, ms);
        signal.addEventListener('abort', over);
        this.#waiting = over;
      });
    }
    this.#rung = false;
  }
}
