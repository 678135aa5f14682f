import { describe, expect, it } from 'vitest';
import { keyHelp, keyMeaning } from '../../src/dashboard/key-bindings.ts';
import { changeView, initialViewState } from '../../src/dashboard/view-state.ts';
import { viewAfter, views } from '../../src/dashboard/views/views.ts';

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

  it('choose a row and scroll no further than is needed to see it', () => {
    const extent = { rows: 32, visible: 20 };
    const end = changeView(initialViewState, { kind: 'move', rows: Number.POSITIVE_INFINITY }, extent);
    expect([end.selected, end.offset]).toEqual([31, 12]);
    expect(changeView(end, { kind: 'move', rows: 1 }, extent)).toEqual(end);
    expect(changeView(end, { kind: 'move', rows: -5 }, extent)).toMatchObject({ selected: 26, offset: 12 });
    expect(changeView(end, { kind: 'move', rows: -25 }, extent)).toMatchObject({ selected: 6, offset: 6 });
    // There are fewer rows than before: going up starts at the last one.
    expect(changeView(end, { kind: 'move', rows: -1 }, { rows: 5, visible: 20 })).toMatchObject({
      selected: 3,
      offset: 0,
    });
  });

  it('go through the views and back to the first, or to any by its number', () => {
    const seen: string[] = [];
    for (let name = 'overview'; !seen.includes(name); name = viewAfter(name).name) seen.push(name);
    expect(seen).toEqual(['overview', 'trials', 'trade-off', 'slots', 'events', 'sweeps']);
    for (const [index, view] of seen.entries()) {
      expect(keyMeaning(String(index + 1), {}, 5)).toEqual({ kind: 'view', action: { kind: 'go', view } });
    }
    expect(keyMeaning('9', {}, 5)).toBeNull();
  });

  it('open with enter and go back with esc to where one was, out of the help first', () => {
    expect(keyMeaning('\r', { return: true }, 5)).toEqual({ kind: 'open' });
    const extent = { rows: 50, visible: 10 };
    const chosen = changeView(initialViewState, { kind: 'move', rows: 30 }, extent);
    const opened = changeView(chosen, { kind: 'open', opened: { view: 'trial', subject: '7' } }, extent);
    expect(opened).toMatchObject({ view: 'trial', subject: '7', selected: 0, offset: 0 });
    const helped = changeView(opened, { kind: 'toggle_help' }, extent);
    expect(changeView(helped, { kind: 'back' }, extent)).toEqual(opened);
    expect(changeView(opened, { kind: 'back' }, extent)).toEqual(chosen);
    expect(changeView(chosen, { kind: 'back' }, extent)).toEqual(chosen);
  });
});

describe('the views', () => {
  it('have each a name and a key of their own, and stand in the help, which fits the smallest frame', () => {
    expect(new Set(views.map(({ name }) => name)).size).toBe(views.length);
    const keys = views.flatMap(({ key }) => key ?? []);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { key, name } of views) {
      if (key !== undefined)
        expect(keyHelp.some(([at, text]) => at === key && text.startsWith(`${name}: `))).toBe(true);
    }
    expect(keyHelp.length).toBeLessThanOrEqual(14);
    for (const [at, text] of keyHelp) expect(12 + text.length, at).toBeLessThanOrEqual(60);
  });
});
