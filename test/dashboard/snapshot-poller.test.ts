import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { pollSnapshots } from '../../src/dashboard/reading/snapshot-poller.ts';
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

  it.each([
    ['takes long, and nothing is away, while the database answers', async () => 'here', 'slow'],
    ['is not back from a database that is away', () => Promise.reject(new Error('ECONNREFUSED')), 'ECONNREFUSED'],
    ['is not back from a database that says nothing', () => new Promise(() => undefined), 'no answer yet'],
  ])('%s: that is told while it is waited for', async (_, answers, told) => {
    const leaving = new AbortController();
    const said: string[] = [];
    const polling = pollSnapshots({
      readSnapshot: () => new Promise(() => undefined),
      ...{ refreshMs: 5, slowMs: 5, signal: leaving.signal, onSnapshot: () => undefined, answers },
      onAway: (reason) => void said.push(reason),
      onSlow: () => void said.push('slow'),
    });
    // Again and again: what was slow may come to be away.
    await vi.waitFor(() => expect(said.length).toBeGreaterThan(2));
    leaving.abort();
    await polling;
    expect(new Set(said)).toEqual(new Set([told]));
  });
});
