import { describe, expect, it } from 'vitest';
import { keyHints } from '../../src/dashboard/input/key-bindings.ts';
import type { ViewSource } from '../../src/dashboard/reading/view-source.ts';
import { changeView, initialViewState } from '../../src/dashboard/view-state.ts';
import { Viewing } from '../../src/dashboard/viewing.ts';
import { viewNamed, views } from '../../src/dashboard/views/views.ts';
import { cockpitSource } from './cockpit-source.ts';
import { cockpitSnapshot } from './cockpit-trials.ts';
import { drawFrame } from './draw-frame.ts';
import { viewRequest } from './view-request.ts';

const size = { columns: 80, rows: 24 };

/** Somebody who looks at a view of the made-up sweep, all of it read. */
async function lookingAt(name: string, source: ViewSource = cockpitSource): Promise<Viewing> {
  const snapshot = cockpitSnapshot();
  const viewing = new Viewing({
    source,
    size: () => size,
    snapshot: () => snapshot,
    passedTrials: () => false,
    draw: () => undefined,
    nudge: () => undefined,
    failed: (view, error) => {
      throw new Error(`${view} was not read`, { cause: error });
    },
  });
  viewing.change({ kind: 'open', opened: { view: name, subject: '7' } });
  await viewing.read(snapshot);
  return viewing;
}

const hinted = (name: string): readonly string[] => keyHints(viewNamed(name)).map(([, meaning]) => meaning);

describe('a key that does nothing in a view', () => {
  it.each(views.map(({ name }) => name))(
    'is not named in the foot of %s, and says why where it is pressed',
    async (name) => {
      const viewing = await lookingAt(name);
      const opened = viewing.opened();
      expect(typeof opened === 'object' && opened !== null, 'enter').toBe(hinted(name).includes('open'));
      if (typeof opened === 'string') expect(opened).toBe(`enter opens nothing in ${name}`);
      else expect(opened).toMatchObject({ view: expect.any(String) });

      const before = viewing.state;
      const unsorted = viewing.take({ kind: 'next_sort' });
      expect(unsorted === null, 's').toBe(hinted(name).includes('sort'));
      if (unsorted !== null) {
        expect(unsorted).toBe(`${name} has an order of its own; overview, trials, configurations can be sorted`);
        expect(viewing.state).toBe(before);
      }

      const unmarked = viewing.mark();
      expect(unmarked === null, 'space').toBe(hinted(name).includes('mark'));
      if (unmarked !== null) expect(unmarked).toBe(`${name} has no trials to mark`);
      else expect(viewing.state.marked.length).toBeGreaterThan(0);
      expect(hinted(name).includes('clone')).toBe(unmarked === null);
    },
  );

  it('is named as what it chooses where it chooses something', () => {
    expect(keyHints(viewNamed('trade-off'))).toContainEqual(['xyhl', 'choose']);
    expect(keyHints(viewNamed('events'))).toContainEqual(['f', 'kind']);
  });

  it('says so of a row that has nothing behind it', async () => {
    const idle: ViewSource = {
      ...cockpitSource,
      workers: async () => (await cockpitSource.workers()).map((worker) => ({ ...worker, running: [] })),
    };
    const viewing = await lookingAt('workers', idle);
    expect(viewing.opened()).toBe('this worker runs nothing');
    expect(viewing.mark()).toBe('this row has no trials to mark');
  });

  it('tells where columns can be chosen', async () => {
    const viewing = await lookingAt('axes');
    expect(viewing.take({ kind: 'columns', columns: [] })).toBe(
      'axes has columns of its own; those of overview, trials can be chosen',
    );
  });
});

describe('enter', () => {
  it('opens what a worker runs, of another sweep too', async () => {
    expect((await lookingAt('workers')).opened()).toEqual({ view: 'trial', subject: '201' });
    const elsewhere: ViewSource = {
      ...cockpitSource,
      workers: async () =>
        (await cockpitSource.workers()).map((worker) => ({
          ...worker,
          running: worker.running.map((segment) => ({ ...segment, sweep: 'other' })),
        })),
    };
    expect((await lookingAt('workers', elsewhere)).opened()).toEqual({ view: 'trial', subject: '201', sweep: 'other' });
  });

  it('opens the trials in the order of an axis, and the seeds of a configuration on the front', async () => {
    const opened = (await lookingAt('axes')).opened();
    if (opened === null || typeof opened === 'string') throw new Error('an axis opens the trials');
    expect(opened).toMatchObject({ view: 'trials', sort: { by: 'setting', direction: 'minimize' } });
    const extent = { rows: 5, visible: 5 };
    expect(changeView(initialViewState, { kind: 'open', opened }, extent).sort).toEqual(opened.sort);
    const front = (await lookingAt('trade-off')).opened();
    expect(front).toMatchObject({ view: 'trials', filter: { conditions: [{ values: { length: 4 } }] } });
  });
});

describe('lists whose rows hang on what was read', () => {
  it('reach the last row of the decisions, which stand below the funnel', async () => {
    const many: ViewSource = {
      ...cockpitSource,
      search: async (sweepId, { offset, limit }) => {
        const found = await cockpitSource.search(sweepId, { offset, limit });
        const [one] = found.decisions;
        if (one === undefined) throw new Error('there are decisions');
        const decisions = Array.from({ length: 40 }, (_, index) => ({
          ...one,
          sequence: index,
          reason: `number ${index}`,
        }));
        return { ...found, total: 40, decisions };
      },
    };
    const viewing = await lookingAt('search', many);
    viewing.change({ kind: 'move', rows: Number.POSITIVE_INFINITY });
    const shown = drawFrame({
      snapshot: cockpitSnapshot(),
      view: viewing.state,
      read: viewing.shown,
      width: 80,
      height: 24,
    });
    expect(shown).toMatch(/^> .*number 39$/m);
    const { rowsFrom = 0, visible } = viewing.extent;
    const lines = shown.split('\n').slice(3);
    expect(lines[rowsFrom + visible - 1]).toContain('number 39');
    expect(lines[rowsFrom]).toContain(`number ${40 - visible}`);
  });

  it('scroll a training’s panels by rows of them, and say which are shown', async () => {
    for (const [width, height, at] of [
      [60, 20, /\(1–2 of \d+, j k\)/],
      [80, 24, /\(1–6 of \d+, j k\)/],
    ] as const) {
      const { read } = viewNamed('training');
      const shown = (await read?.(cockpitSource, viewRequest(cockpitSnapshot(), { subject: '7' }))) ?? null;
      const view = { ...initialViewState, view: 'training', subject: '7' };
      expect(drawFrame({ snapshot: cockpitSnapshot(), view, read: shown, width, height })).toMatch(at);
    }
    const viewing = await lookingAt('training');
    viewing.change({ kind: 'move', rows: 1 });
    expect(viewing.state).toMatchObject({ offset: 2, selected: 2 });
    viewing.change({ kind: 'move', rows: Number.POSITIVE_INFINITY });
    const { rows, visible } = viewing.extent;
    expect(viewing.state.offset + visible).toBeGreaterThanOrEqual(rows);
    expect(viewing.state.offset).toBeLessThan(rows);
    const last = drawFrame({
      snapshot: cockpitSnapshot(),
      view: viewing.state,
      read: viewing.shown,
      width: 80,
      height: 24,
    });
    expect(last).toMatch(new RegExp(`–${rows} of ${rows}, j k`));
  });

  it('scroll the help no further than its end: one key up is seen at once', async () => {
    const viewing = await lookingAt('overview');
    viewing.change({ kind: 'toggle_help' });
    viewing.change({ kind: 'move', rows: Number.POSITIVE_INFINITY });
    const end = viewing.state.helpOffset;
    const draw = () =>
      drawFrame({ snapshot: cockpitSnapshot(), view: viewing.state, read: viewing.shown, width: 80, height: 24 });
    const before = draw();
    viewing.change({ kind: 'move', rows: 1 });
    expect(viewing.state.helpOffset).toBe(end);
    viewing.change({ kind: 'move', rows: -1 });
    expect(draw()).not.toBe(before);
  });
});
