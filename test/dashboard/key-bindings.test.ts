import { describe, expect, it } from 'vitest';
import { keyMeaning } from '../../src/dashboard/key-bindings.ts';
import { changeView, initialViewState } from '../../src/dashboard/view-state.ts';

describe('keys', () => {
  it('leave on q and Ctrl-C, and on nothing else', () => {
    expect(keyMeaning('q', {}, 5)).toEqual({ kind: 'leave' });
    expect(keyMeaning('c', { ctrl: true }, 5)).toEqual({ kind: 'leave' });
    expect(keyMeaning('c', {}, 5)).toBeNull();
    expect(keyMeaning('d', { ctrl: true }, 5)).toBeNull();
  });

  it('ask for more or fewer lanes with + and -', () => {
    expect(keyMeaning('+', {}, 5)).toEqual({ kind: 'parallelism', change: 1 });
    expect(keyMeaning('-', {}, 5)).toEqual({ kind: 'parallelism', change: -1 });
  });

  it('scroll no further than the table reaches', () => {
    const end = changeView(initialViewState, { kind: 'scroll', rows: Number.POSITIVE_INFINITY }, 12);
    expect(end.offset).toBe(12);
    expect(changeView(end, { kind: 'scroll', rows: 1 }, 12).offset).toBe(12);
    expect(changeView(end, { kind: 'scroll', rows: -20 }, 12).offset).toBe(0);
    // The table grew: going up starts at its new end.
    expect(changeView({ ...end, offset: 40 }, { kind: 'scroll', rows: -1 }, 12).offset).toBe(11);
  });

  it('go through the views and back to the first', () => {
    let state = initialViewState;
    const seen = [1, 2, 3, 4].map(() => {
      state = changeView(state, { kind: 'next_view' }, 0);
      return state.view;
    });
    expect(seen).toEqual(['trials', 'tradeoff', 'slots', 'overview']);
  });
});
