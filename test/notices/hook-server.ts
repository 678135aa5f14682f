import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface HookRequest {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A server of the test's own that keeps what is posted to it. */
export async function startHookServer(answer: (response: ServerResponse, count: number) => void) {
  const requests: HookRequest[] = [];
  const server = createServer((request, response) => {
    const keep = async (): Promise<void> => {
      requests.push({ headers: request.headers, body: await text(request) });
      answer(response, requests.length);
    };
    void keep();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/secret-path?token=secret`,
    requests,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
