import { connect, createServer, type Server, type Socket } from 'node:net';

interface Pair {
  readonly inner: Socket;
  readonly outer: Socket;
  /** What the server says next is thrown away, and the connection with it. */
  losesAnswer: boolean;
}

/** Between a program and a server, on loopback: passes bytes on, until it is told to cut, stall or refuse connections. */
export class TcpProxy {
  readonly #target: () => number;
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #stalled = false;
  #refuses = false;

  /** @param target the server's port as it is now: asked at each connection */
  constructor(target: () => number) {
    this.#target = target;
    this.#server = createServer({ allowHalfOpen: false }, (inner) => this.#accept(inner));
  }

  /** @returns the port that it listens on */
  async listen(): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
    return address.port;
  }

  get connections(): number {
    return this.#pairs.size;
  }

  /** Ends connections as a lost network does: both sides get a reset, whatever was under way. @param share of them */
  cut(share: number): number {
    const chosen = [...this.#pairs].slice(0, Math.ceil(share * this.#pairs.size));
    for (const pair of chosen) end(pair);
    return chosen.length;
  }

  /** Of each connection the next answer never arrives: what was asked has been done, and nobody hears of it. */
  loseAnswers(): number {
    for (const pair of this.#pairs) pair.losesAnswer = true;
    return this.#pairs.size;
  }

  /** Bytes stand still in both directions until `flow`. */
  stall(): void {
    this.#stalled = true;
    for (const { inner, outer } of this.#pairs) for (const socket of [inner, outer]) socket.pause();
  }

  flow(): void {
    this.#stalled = false;
    for (const { inner, outer } of this.#pairs) for (const socket of [inner, outer]) socket.resume();
  }

  /** New connections are closed as they come. */
  refuse(refuses: boolean): void {
    this.#refuses = refuses;
  }

  async close(): Promise<void> {
    for (const pair of this.#pairs) end(pair);
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(inner: Socket): void {
    inner.on('error', () => undefined);
    if (this.#refuses) {
      inner.resetAndDestroy();
      return;
    }
    const outer = connect(this.#target(), '127.0.0.1');
    const pair: Pair = { inner, outer, losesAnswer: false };
    this.#pairs.add(pair);
    for (const socket of [inner, outer]) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#pairs.delete(pair);
        end(pair);
      });
    }
    inner.on('data', (bytes) => this.#pass(bytes, inner, outer));
    outer.on('data', (bytes) => {
      if (pair.losesAnswer) end(pair);
      else this.#pass(bytes, outer, inner);
    });
    inner.on('end', () => outer.end());
    outer.on('end', () => inner.end());
    if (this.#stalled) for (const socket of [inner, outer]) socket.pause();
  }

  #pass(bytes: Buffer, from: Socket, to: Socket): void {
    if (to.write(bytes)) return;
    from.pause();
    to.once('drain', () => {
      if (!this.#stalled) from.resume();
    });
  }
}

function end({ inner, outer }: Pair): void {
  for (const socket of [inner, outer]) if (!socket.destroyed) socket.resetAndDestroy();
}
