import { promiseWithResolvers } from '../src/base/promise-with-resolvers.ts';
import type { FenceResult, SegmentEnd } from '../src/store/segments/worker-ledger.ts';

interface Waiting {
  readonly end: SegmentEnd;
  resolve(result: FenceResult): void;
  reject(error: unknown): void;
}

/** Ends in one transaction at most: a lock is not held for longer than they take. */
const groupAtMost = 64;

/**
 * A worker's commits, gathered: while one transaction is on its way, the ends that come meanwhile wait for the next, and
 * go in it together. Alone, an end goes at once. What the record refuses of a group is tried again one by one, so that
 * nobody answers for another's.
 */
export class GroupCommit {
  readonly #commit: (ends: readonly SegmentEnd[]) => Promise<readonly FenceResult[]>;
  readonly #isAway: (error: unknown) => boolean;
  readonly #waiting: Waiting[] = [];
  #running = false;

  constructor(
    commit: (ends: readonly SegmentEnd[]) => Promise<readonly FenceResult[]>,
    isAway: (error: unknown) => boolean,
  ) {
    this.#commit = commit;
    this.#isAway = isAway;
  }

  commit(end: SegmentEnd): Promise<FenceResult> {
    const { promise, resolve, reject } = promiseWithResolvers<FenceResult>();
    this.#waiting.push({ end, resolve, reject });
    if (!this.#running) void this.#run();
    return promise;
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#waiting.length > 0) await this.#write(this.#waiting.splice(0, groupAtMost));
    this.#running = false;
  }

  async #write(group: readonly Waiting[]): Promise<void> {
    try {
      const results = await this.#commit(group.map(({ end }) => end));
      for (const [at, waiting] of group.entries()) {
        const result = results[at];
        if (result === undefined) throw new Error('the record answered for fewer ends than it was told');
        waiting.resolve(result);
      }
    } catch (error) {
      if (group.length > 1 && !this.#isAway(error)) {
        for (const waiting of group) await this.#write([waiting]);
      } else {
        for (const waiting of group) waiting.reject(error);
      }
    }
  }
}
