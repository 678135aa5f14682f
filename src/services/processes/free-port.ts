import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Ports below those that systems hand out to outgoing connections (from 32768 on Linux, 49152 on macOS): a server that
 * is started again would find such a port taken by somebody's connection.
 */
const range = { from: 20_000, to: 32_000 } as const;
const attempts = 100;

/** A port of loopback that nobody listens on now. */
export async function freePort(): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await listenOnce(randomInt(range.from, range.to));
    } catch (error) {
      if (attempt >= attempts) throw error;
    }
  }
}

/** The wanted port where nobody else has it, else a free one. */
export async function portOf(wanted: number | null): Promise<number> {
  if (wanted === null) return freePort();
  return listenOnce(wanted).catch(freePort);
}

async function listenOnce(port: number): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  await new Promise((resolve) => server.close(resolve));
  return port;
}
