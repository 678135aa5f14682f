import { execFile } from 'node:child_process';

/** A graphics card as its driver tells of it now. */
export interface CardUse {
  /** As nvidia-smi counts. */
  readonly number: number;
  /** Share of the last moments in which it computed, for whichever process; null: it does not tell. */
  readonly busy: number | null;
  /** Of all processes; null: it does not tell. */
  readonly usedBytes: number | null;
  readonly totalBytes: number | null;
  /** By the pid of each process that computes on it; null: it does not tell. A container may see other pids, or none. */
  readonly processBytes: ReadonlyMap<number, number | null>;
}

export interface CardReaderOptions {
  readonly program?: string;
  /** A driver that hangs must not hold up who asks. */
  readonly limitMs?: number;
}

/** Asks NVIDIA's own tool, one asking at a time; other makers' cards are not sampled. */
export class CardReader {
  readonly #program: string;
  readonly #limitMs: number;
  #asking: Promise<readonly CardUse[] | null> | null = null;

  constructor({ program = 'nvidia-smi', limitMs = 2_000 }: CardReaderOptions = {}) {
    this.#program = program;
    this.#limitMs = limitMs;
  }

  /** Null: there is no such tool, it fails, or it has not answered in time; while it hangs nothing is begun beside it. */
  async read(): Promise<readonly CardUse[] | null> {
    this.#asking ??= this.#ask().finally(() => (this.#asking = null));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), this.#limitMs);
    });
    try {
      return await Promise.race([this.#asking, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #ask(): Promise<readonly CardUse[] | null> {
    const [cards, processes] = await Promise.all([
      this.#query('--query-gpu=index,uuid,utilization.gpu,memory.used,memory.total'),
      this.#query('--query-compute-apps=gpu_uuid,pid,used_gpu_memory'),
    ]);
    return cards === null ? null : readCards(cards, processes ?? '');
  }

  /** Null: it failed, or was ended. */
  #query(query: string): Promise<string | null> {
    return new Promise((resolve) => {
      const options = { timeout: this.#limitMs, killSignal: 'SIGKILL', encoding: 'utf8' } as const;
      execFile(this.#program, [query, '--format=csv,noheader,nounits'], options, (error, stdout) =>
        resolve(error === null ? stdout : null),
      );
    });
  }
}

/** @param cards and processes as nvidia-smi writes them: CSV without headers and units. @returns null: no card stands there */
export function readCards(cards: string, processes: string): readonly CardUse[] | null {
  const apps = cellsOf(processes);
  const found = cellsOf(cards).flatMap(([index, uuid, utilisation, used, total]): readonly CardUse[] => {
    const number = numberIn(index);
    if (number === null) return [];
    const percent = numberIn(utilisation);
    const own = apps.flatMap(([card, pid, bytes]) => {
      const process = numberIn(pid);
      return card === uuid && process !== null ? [[process, bytesIn(bytes)] as const] : [];
    });
    return [
      {
        number,
        busy: percent === null ? null : percent / 100,
        usedBytes: bytesIn(used),
        totalBytes: bytesIn(total),
        processBytes: new Map(own),
      },
    ];
  });
  return found.length === 0 ? null : found;
}

function cellsOf(text: string): readonly (readonly string[])[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.split(',').map((cell) => cell.trim()));
}

/** Null: `[N/A]`, `[Not Supported]`, `[Insufficient Permissions]`, or whatever else is no number. */
function numberIn(cell: string | undefined): number | null {
  return cell !== undefined && /^\d+(\.\d+)?$/.test(cell) ? Number(cell) : null;
}

function bytesIn(cell: string | undefined): number | null {
  const mebibytes = numberIn(cell);
  return mebibytes === null ? null : mebibytes * 2 ** 20;
}
