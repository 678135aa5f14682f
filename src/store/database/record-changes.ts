import { randomUUID } from 'node:crypto';
import pg from 'pg';

/** Where those that listen hear that the record has changed, and their own voices. */
const channel = 'dropsweep_record';

/** Between two announcements of one process. */
const announceEveryMs = 250;

/**
 * Tells that the record has changed: at once, then at most so often, and nothing that happened before the last is
 * untold.
 */
export class ChangeAnnouncer {
  readonly #send: (channel: string, text: string) => Promise<unknown>;
  #resting: NodeJS.Timeout | null = null;
  #untold = false;
  #sending: Promise<unknown> = Promise.resolve();

  constructor(send: (channel: string, text: string) => Promise<unknown>) {
    this.#send = send;
  }

  announce(): void {
    if (this.#resting !== null) {
      this.#untold = true;
      return;
    }
    this.#untold = false;
    // Whoever listens looks by itself too, if less often: a word that is lost costs seconds.
    this.#sending = this.#send(channel, '').catch(() => undefined);
    this.#resting = setTimeout(() => {
      this.#resting = null;
      if (this.#untold) this.announce();
    }, announceEveryMs);
    this.#resting.unref();
  }

  /** Tells what is untold, and no more after it. */
  async close(): Promise<void> {
    if (this.#resting !== null) clearTimeout(this.#resting);
    this.#resting = null;
    if (this.#untold) this.announce();
    if (this.#resting !== null) clearTimeout(this.#resting);
    await this.#sending;
  }
}

/** A connection that waits for changes of the record. */
export interface RecordListener {
  /** Whether words arrive; false behind a pooler that hands connections on, and while the database is away. */
  readonly hears: boolean;
  close(): Promise<void>;
}

export interface ListeningOptions {
  readonly databaseUrl: string;
  /** Sends from another connection, as the changes come. */
  readonly send: (channel: string, text: string) => Promise<unknown>;
  readonly changed: () => void;
  /** Between two tests of whether words arrive, or two trials to connect. */
  readonly testEveryMs?: number;
}

/**
 * Listens for changes. That it hears is tested by a word to itself, now and again: a pooler in transaction mode takes
 * LISTEN and gives the connection to somebody else.
 */
export function listenForChanges(options: ListeningOptions): RecordListener {
  const listener = new Listener(options);
  listener.open();
  return listener;
}

class Listener implements RecordListener {
  readonly #options: ListeningOptions;
  #client: pg.Client | null = null;
  /** The ping that it last sent itself, until it comes back. */
  #unheard: string | null = null;
  #hears = false;
  #timer: NodeJS.Timeout | null = null;
  #testing: Promise<void> = Promise.resolve();

  constructor(options: ListeningOptions) {
    this.#options = options;
  }

  get hears(): boolean {
    return this.#hears;
  }

  open(): void {
    this.#testing = this.#test();
    this.#timer = setInterval(() => {
      this.#testing = this.#testing.then(() => this.#test());
    }, this.#options.testEveryMs ?? 30_000);
  }

  async close(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    await this.#testing;
    await this.#client?.end().catch(() => undefined);
  }

  /** Connects where it is not, and says a word to itself. That the last one is still unheard is found out now. */
  async #test(): Promise<void> {
    if (this.#unheard !== null) this.#hears = false;
    try {
      this.#client ??= await this.#connect();
      const word = randomUUID();
      this.#unheard = word;
      await this.#options.send(channel, word);
    } catch {
      // The database is away: readings say so, and the next test tries again.
      this.#hears = false;
    }
  }

  async #connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.#options.databaseUrl,
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
    });
    const lost = (): void => {
      if (this.#client === client) this.#client = null;
      this.#hears = false;
    };
    client.on('error', lost);
    client.on('end', lost);
    client.on('notification', ({ payload }) => this.#hear(payload ?? ''));
    await client.connect();
    await client.query(`listen ${channel}`);
    return client;
  }

  #hear(text: string): void {
    if (text === '') this.#options.changed();
    if (text === '' || text !== this.#unheard) return;
    this.#unheard = null;
    this.#hears = true;
  }
}
