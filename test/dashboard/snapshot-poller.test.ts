import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { pollSnapshots } from '../../src/dashboard/snapshot-poller.ts';
import { situations } from './sweep-fixture.ts';

describe('readings of a sweep', () => {
  it('come at once when a change is told, and seldom while none is', async () => {
    const leaving = new AbortController();
    let readings = 0;
    let change = (): void => undefined;
    let closed = false;
    const polling = pollSnapshots({
      readSnapshot: async () => {
        readings += 1;
        return situations.running();
      },
      refreshMs: 5,
      signal: leaving.signal,
      onSnapshot: () => undefined,
      onAway: () => undefined,
      listen: (changed) => {
        change = changed;
        return { hears: true, close: async () => void (closed = true) };
      },
    });
    await vi.waitFor(() => expect(readings).toBe(1));
    // Forty times as long as the distance of readings where nothing can be heard.
    await sleep(200);
    expect(readings).toBe(1);
    for (const count of [2, 3]) {
      change();
      await vi.waitFor(() => expect(readings).toBe(count));
    }
    leaving.abort();
    await polling;
    expect(closed).toBe(true);
  });

  it('come as often as ever where nothing is heard', async () => {
    const leaving = new AbortController();
    let readings = 0;
    const polling = pollSnapshots({
      readSnapshot: async () => {
        readings += 1;
        return situations.running();
      },
      refreshMs: 5,
      signal: leaving.signal,
      onSnapshot: () => undefined,
      onAway: () => undefined,
      listen: () => ({ hears: false, close: async () => undefined }),
    });
    await vi.waitFor(() => expect(readings).toBeGreaterThan(5));
    leaving.abort();
    await polling;
  });
});
