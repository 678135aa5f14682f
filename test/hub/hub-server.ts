import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { sha256 } from '../../src/base/sha256.ts';

export type Misbehaviour = 'none' | 'truncate-once' | 'wrong-bytes' | 'not-found' | 'stall';

/** The two endpoints of the Hugging Face hub that a download uses, with faults to order. */
export class HubServer {
  readonly files: Readonly<Record<string, Buffer>>;
  readonly requests: string[] = [];
  readonly ranges: string[] = [];
  misbehaviour: Misbehaviour = 'none';
  readonly #server: Server;

  constructor(files: Readonly<Record<string, Buffer>>) {
    this.files = files;
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '';
    this.requests.push(path);
    if (this.misbehaviour === 'not-found') {
      response.writeHead(404).end();
    } else if (path.startsWith('/api/models/')) {
      const siblings = Object.entries(this.files).map(([rfilename, content]) => ({
        rfilename,
        size: content.length,
        ...(rfilename.endsWith('.safetensors') ? { lfs: { sha256: sha256(content), size: content.length } } : {}),
      }));
      response.end(JSON.stringify({ sha: 'c0ffee', siblings }));
    } else {
      this.#send(path.split('/').at(-1) ?? '', request.headers.range, response);
    }
  }

  #send(name: string, range: string | undefined, response: ServerResponse): void {
    const whole = this.files[name] ?? Buffer.alloc(0);
    const from = Number(/bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0);
    if (range !== undefined) this.ranges.push(range);
    const large = name === 'model.safetensors';
    if (large && this.misbehaviour === 'stall') {
      response.writeHead(200, { 'content-length': whole.length });
      response.write(whole.subarray(0, 10));
      return;
    }
    const content = large && this.misbehaviour === 'wrong-bytes' ? Buffer.alloc(whole.length) : whole.subarray(from);
    response.writeHead(from > 0 ? 206 : 200, { 'content-length': content.length });
    if (large && this.misbehaviour === 'truncate-once') {
      this.misbehaviour = 'none';
      response.write(content.subarray(0, content.length / 2), () => response.destroy());
      return;
    }
    response.end(content);
  }
}
