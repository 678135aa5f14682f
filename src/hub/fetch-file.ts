import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileSha256 } from './model-files.ts';

export interface FetchFileOptions {
  readonly url: string;
  readonly file: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Null: not known, nothing to check against. */
  readonly expectedSize: number | null;
  readonly expectedSha256: string | null;
  /** Time without an answer's head. */
  readonly connectTimeoutMs: number;
  /** Time without a byte. */
  readonly stallTimeoutMs: number;
  /** Told of bytes that lie there. */
  readonly received?: (bytes: number) => void;
}

const attempts = 3;

/** The server's own answer, which the same question would get again. */
class Refused extends Error {}

/**
 * Downloads under a name with `.partial`, goes on where an earlier try stopped, checks size and hash, and only then
 * gives the file its name.
 * @throws Error saying what went wrong; the partial file stays for the next try unless its content is wrong
 */
export async function fetchFile(options: FetchFileOptions): Promise<void> {
  const partial = `${options.file}.partial`;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await fetchOnce(options, partial);
      break;
    } catch (error) {
      if (attempt >= attempts || error instanceof Refused) throw error;
    }
  }
  await check(options, partial);
  await rename(partial, options.file);
}

async function fetchOnce(options: FetchFileOptions, partial: string): Promise<void> {
  const offset = await sizeOf(partial);
  if (offset > 0 && offset === options.expectedSize) return;
  const stop = new AbortController();
  const timer = new Watch(stop, options.connectTimeoutMs, 'no answer');
  try {
    const response = await fetch(options.url, {
      headers: { ...options.headers, ...(offset > 0 ? { range: `bytes=${offset}-` } : {}) },
      signal: stop.signal,
    });
    if (response.status === 416) await rm(partial, { force: true });
    if (!response.ok || response.body === null) throw new Refused(`answered ${response.status}`);
    timer.restart(options.stallTimeoutMs, 'stalled');
    let received = response.status === 206 ? offset : 0;
    const watch = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        received += chunk.length;
        options.received?.(received);
        timer.restart(options.stallTimeoutMs, 'stalled');
        done(null, chunk);
      },
    });
    const sink = createWriteStream(partial, { flags: response.status === 206 ? 'a' : 'w' });
    await pipeline(Readable.fromWeb(response.body), watch, sink, { signal: stop.signal });
  } catch (error) {
    throw timer.reason ?? (error instanceof Refused ? error : reasonOf(error));
  } finally {
    timer.stop();
  }
  const size = await sizeOf(partial);
  if (options.expectedSize !== null && size < options.expectedSize) {
    throw new Error(`broke off after ${size} of ${options.expectedSize} bytes`);
  }
}

async function check(options: FetchFileOptions, partial: string): Promise<void> {
  const size = await sizeOf(partial);
  const hash = options.expectedSha256 === null ? null : await fileSha256(partial);
  if ((options.expectedSize ?? size) === size && hash === options.expectedSha256) return;
  await rm(partial, { force: true });
  const expected = `${options.expectedSize ?? size} bytes, sha256 ${options.expectedSha256}`;
  throw new Error(`content is not what it should be: ${size} bytes, sha256 ${hash}; expected ${expected}`);
}

/** Aborts what takes longer than it may without progress. */
class Watch {
  reason: Error | null = null;
  readonly #stop: AbortController;
  #timer: NodeJS.Timeout | null = null;

  constructor(stop: AbortController, afterMs: number, what: string) {
    this.#stop = stop;
    this.restart(afterMs, what);
  }

  restart(afterMs: number, what: string): void {
    this.stop();
    this.#timer = setTimeout(() => {
      this.reason = new Error(`${what} for ${afterMs / 1_000} s`);
      this.#stop.abort();
    }, afterMs);
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }
}

/** fetch hides what happened in the cause of its TypeError. */
export function reasonOf(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  return error.cause instanceof Error ? new Error(`${error.message}: ${error.cause.message}`, { cause: error }) : error;
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    (found) => found.size,
    () => 0,
  );
}
