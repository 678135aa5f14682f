import { confirmPrompt } from '../../src/dashboard/input/confirm-prompt.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { budgetFields } from '../../src/sweep/file/read-budget.ts';
import { actions } from '../../src/dashboard/steering/actions.ts';
import { keyHelp, keyMeaning, type KeyMeaning } from '../../src/dashboard/input/key-bindings.ts';
import { changeView, initialViewState } from '../../src/dashboard/view-state.ts';
import { palette } from '../../src/dashboard/input/palette.ts';
import { Prompt } from '../../src/dashboard/input/prompt.ts';
import { drawFrame } from './draw-frame.ts';
import { situations } from './sweep-fixture.ts';
import { viewAfter, views } from '../../src/dashboard/views/views.ts';

describe('keys', () => {
  it('leave on q and Ctrl-C, and on nothing else', () => {
    expect(keyMeaning('q', {}, 5)).toEqual({ kind: 'leave' });
    expect(keyMeaning('c', { ctrl: true }, 5)).toEqual({ kind: 'leave' });
    expect(keyMeaning('Z', {}, 5)).toBeNull();
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
    expect(seen).toEqual([
      'overview',
      'trials',
      'trade-off',
      'workers',
      'events',
      'sweeps',
      'configurations',
      'axes',
      'search',
    ]);
    for (const [index, view] of seen.entries()) {
      expect(keyMeaning(String(index + 1), {}, 5)).toEqual({ kind: 'view', action: { kind: 'go', view } });
    }
    expect(keyMeaning('0', {}, 5)).toBeNull();
  });

  it('mark rows, which stay marked through other orders and views until esc', () => {
    const extent = { rows: 50, visible: 10 };
    const mark = (state: typeof initialViewState, ...trials: number[]) =>
      changeView(state, { kind: 'mark', trials }, extent);
    const marked = mark(mark(initialViewState, 7), 3, 4);
    expect(marked.marked).toEqual([3, 4, 7]);
    expect(mark(marked, 4).marked).toEqual([3, 7]);
    const elsewhere = changeView(marked, { kind: 'go', view: 'trials' }, extent);
    expect(changeView(elsewhere, { kind: 'next_sort' }, extent).marked).toEqual([3, 4, 7]);
    expect(changeView(elsewhere, { kind: 'back' }, extent).marked).toEqual([]);
    const other = { view: 'overview', subject: '', sweep: 'other' };
    expect(changeView(marked, { kind: 'open', opened: other }, extent).marked).toEqual([]);
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

describe('actions', () => {
  it('have each keys of their own, which the help or the palette names', () => {
    const keys = actions.flatMap((action) => action.keys);
    expect(new Set(keys).size).toBe(keys.length);
    const names = actions.flatMap(({ name }) => name ?? []);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('the palette', () => {
  let done: KeyMeaning[];
  let prompt: Prompt;
  beforeEach(() => {
    done = [];
    prompt = new Prompt(() => undefined);
    prompt.open(palette(situations.running(), (meaning) => done.push(meaning)));
  });
  const type = (text: string): void => {
    for (const key of text) prompt.take(key, {});
  };
  const shown = (): string =>
    (prompt.shown?.draw(100)[0] ?? [])
      .map(({ text }) => text)
      .join('')
      .trimEnd();

  it('does all that keys do, by name, and goes to every view', () => {
    for (const { name, meaning } of actions) {
      if (name === undefined || meaning === null) continue;
      prompt.open(palette(situations.running(), (chosen) => done.push(chosen)));
      type(`${name}\r`);
      expect(done.at(-1)).toEqual(meaning(1));
    }
    for (const { name, key } of views) {
      prompt.open(palette(situations.running(), (chosen) => done.push(chosen)));
      type(`${name}${key === undefined ? ' 26' : ''}\r`);
      expect(done.at(-1)).toMatchObject({ kind: 'view', action: { kind: key === undefined ? 'open' : 'go' } });
    }
    expect(prompt.shown).toBeNull();
  });

  it('completes with tab as far as words agree, and says what could follow', () => {
    type('tr');
    expect(shown()).toBe(':tr   trials trade-off trial training');
    prompt.take('', { tab: true });
    type('ai');
    prompt.take('', { tab: true });
    expect(shown()).toBe(':training   1 to 26');
    type(' 3\r');
    expect(done).toEqual([{ kind: 'view', action: { kind: 'open', opened: { view: 'training', subject: '3' } } }]);
  });

  it.each([
    [60, 20],
    [80, 24],
    [120, 40],
  ])('stands in the place of the keys, in %i×%i', async (width, height) => {
    type('t');
    const frame = drawFrame({ snapshot: situations.running(), prompt: prompt.shown, width, height });
    await expect(`${frame}\n`).toMatchFileSnapshot(`frames/palette-${width}x${height}.txt`);
  });

  it.each([
    ['pau', null],
    ['tr', 'tr could be trials or trade-off or trial or training'],
    ['paus9', 'there is no paus9; did you mean pause?'],
    ['trial', 'trial needs a number from 1 to 26'],
    ['trial 27', 'trial needs a number from 1 to 26'],
    ['trial 1 2', 'trial needs a number from 1 to 26'],
    ['pause now', 'pause takes nothing after it'],
    ['sort acuracy', 'there is no column acuracy; did you mean accuracy?'],
    ['columns', 'columns needs columns, for instance p M accuracy seed, or default'],
    ['columns p wat', 'there is no column wat'],
    ['priority 1.5', 'no value of priority: it takes a whole number'],
    ['priority -1', null],
    ['parallelism 0', 'no value of parallelism: it takes a whole number of at least 1'],
    ['parallelism 3', null],
    [
      'parallelism 99999999999',
      'no value of parallelism: it takes a whole number of at least 1, and no more than 2147483647',
    ],
    ['budget', 'budget needs a limit, for instance hours=4 or failures=none'],
    [
      'budget hurs=4',
      `there is no limit hurs; did you mean hours?; there are ${budgetFields.map(({ name }) => name).join(' ')}`,
    ],
    ['budget hours=none failures=0', 'no value of budget.failures: it takes a whole number of at least 1, or none'],
    ['budget hours=4.5 failures=none', null],
    ['priority 7', null],
    ['columns p M accuracy', null],
    ['sort -lr', null],
  ])('takes %s, or says why not: %s', (text, problem) => {
    type(`${text}\r`);
    expect(prompt.shown?.problem ?? null).toBe(problem);
    expect(done).toHaveLength(problem === null ? 1 : 0);
  });
});

describe('the views', () => {
  it('have each a name and a key of their own, and stand in the help, whose lines fit the smallest frame', () => {
    expect(new Set(views.map(({ name }) => name)).size).toBe(views.length);
    const keys = views.flatMap(({ key }) => key ?? []);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { key, name } of views) {
      if (key !== undefined)
        expect(keyHelp.some(([at, text]) => at === key && text.startsWith(`${name}: `))).toBe(true);
    }
    for (const [at, text] of keyHelp) expect(12 + text.length, at).toBeLessThanOrEqual(60);
  });
});

describe('a question', () => {
  it.each([40, 60, 80, 200])('is whole at %i columns, and leaves room for its answer', (width) => {
    const prompt = new Prompt(() => undefined);
    const question = 'cancel a-sweep-with-a-name-as-long-as-they-come, 1234 trainings not finished?';
    prompt.open(confirmPrompt(question, () => undefined));
    prompt.take('y', {});
    const lines = (prompt.shown?.draw(width) ?? []).map((line) => line.map(({ text }) => text).join(''));
    expect(lines.join('').replaceAll(' ', '')).toContain(question.replaceAll(' ', ''));
    expect(lines.at(-1)).toMatch(/ y /);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
  });
});
