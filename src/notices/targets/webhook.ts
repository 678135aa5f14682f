import { DropsweepError } from '../../base/errors.ts';
import type { DeliveryResult, TargetKind } from '../target-kind.ts';

const limitMs = 10_000;

/** A POST of the payload as JSON. Any 2xx is a delivery; redirects are not followed. */
export const webhook: TargetKind = {
  name: 'webhook',
  ownHost: false,
  limitMs,
  check(address) {
    const url = URL.canParse(address) ? new URL(address) : null;
    if (url?.protocol === 'http:' || url?.protocol === 'https:') return;
    throw new DropsweepError('USAGE', 'this is no webhook', {
      where: '--webhook',
      got: url === null ? 'no URL' : `a URL of ${url.protocol}`,
      expected: 'https://host/path, or http',
    });
  },
  // Paths and queries of webhooks are their secrets.
  shown: (address) => `${new URL(address).origin}/…`,
  async deliver({ address }, payload, signal) {
    const url = new URL(address);
    const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    url.username = '';
    url.password = '';
    try {
      const response = await fetch(url, {
        method: 'POST',
        redirect: 'manual',
        signal: AbortSignal.any([signal, AbortSignal.timeout(limitMs)]),
        headers: {
          'content-type': 'application/json',
          'user-agent': 'dropsweep',
          'idempotency-key': payload.id,
          ...(login === ':' ? {} : { authorization: `Basic ${Buffer.from(login).toString('base64')}` }),
        },
        body: JSON.stringify(payload),
      });
      await response.body?.cancel();
      if (response.ok) return { kind: 'delivered' };
      return { kind: 'failed', problem: `it answered ${response.status}`, again: mayChange(response.status) };
    } catch (error) {
      return { kind: 'failed', problem: problemOf(error), again: true };
    }
  },
};

/** What a server says of itself may pass; what it says of the request does not. */
function mayChange(status: number): boolean {
  return status >= 500 || status === 408 || status === 425 || status === 429;
}

function problemOf(error: unknown): DeliveryProblem {
  if (!(error instanceof Error)) return 'the request failed';
  if (error.name === 'TimeoutError') return `no answer within ${limitMs / 1_000} s`;
  // The error's own message may hold the URL; that of its cause is the system's.
  const { cause } = error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return code === '' ? 'the request failed' : `the request failed: ${code}`;
}

type DeliveryProblem = Extract<DeliveryResult, { kind: 'failed' }>['problem'];
