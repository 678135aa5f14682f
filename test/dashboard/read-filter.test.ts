import { describe, expect, it } from 'vitest';
import { filterPrompt } from '../../src/dashboard/input/filter-prompt.ts';
import { Prompt } from '../../src/dashboard/input/prompt.ts';
import { readFilter } from '../../src/dashboard/tables/read-filter.ts';
import { changeView, initialViewState } from '../../src/dashboard/view-state.ts';
import type { TrialFilter } from '../../src/store/views/trials/trial-filter.ts';
import { drawFrame } from './draw-frame.ts';
import { situations, snapshot } from './sweep-fixture.ts';

const { definition } = snapshot();

describe('a filter', () => {
  it('is read from names, aliases and headings of fields and metrics', () => {
    expect(readFilter(' p>=0.3  M=1,4 state:failed accuracy > 0.9 ', definition)).toEqual({
      text: 'p>=0.3  M=1,4 state:failed accuracy > 0.9',
      conditions: [
        { column: { of: 'setting', name: 'dropout_rate' }, comparison: '>=', values: [0.3] },
        { column: { of: 'evaluation', name: 'ensemble_size' }, comparison: '=', values: [1, 4] },
        {
          column: { of: 'state', name: 'state' },
          comparison: '=',
          values: ['diverged', 'out_of_memory', 'infeasible', 'crashed'],
        },
        { column: { of: 'metric', name: 'accuracy' }, comparison: '>', values: [0.9] },
      ],
    });
    const columnOf = (text: string) => {
      const read = readFilter(text, definition);
      return 'at' in read ? read : read.conditions[0]?.column;
    };
    for (const text of ['λ>0', 'lambda>0', 'sparsity>0']) expect(columnOf(text)).toMatchObject({ name: 'sparsity' });
    for (const text of ['NLL<1', 'nll<1', 'loss<1']) expect(columnOf(text)).toEqual({ of: 'metric', name: 'loss' });
    expect(columnOf('lr=1e-4')).toEqual({ of: 'setting', name: 'learning_rate' });
    expect(readFilter('targets="all-linear" clip_norm=none decay_biases!=true', definition)).toMatchObject({
      conditions: [{ values: ['all-linear'] }, { values: [null] }, { comparison: '!=', values: [true] }],
    });
  });

  it('finds a default that is not written down by the name that tables have for it', () => {
    expect(readFilter('schedule=linear,cosine masked!=columns_and_rows mask_scaling=none', definition)).toMatchObject({
      conditions: [{ values: [null, 'cosine'] }, { values: [null] }, { values: [null] }],
    });
  });

  it.each([
    ['p>=0.3 acuracy>0.9', 8, 'there is no column acuracy; did you mean accuracy?'],
    ['acc>0.9', 1, 'there is no column acc; did you mean accuracy?'],
    ['p>=', 4, 'p>= needs a value'],
    ['accuracy', 9, 'accuracy needs = != < <= > or >= and a value'],
    ['accuracy>high', 10, 'accuracy is a number, not high'],
    ['M=1,4,', 7, 'a value is missing'],
    ['seed:one', 6, 'seed is a number, not one'],
    ['M=1,x4', 5, 'ensemble_size is a number, not x4'],
    ['trial=1,x', 9, 'trial is a number, not x'],
    ['  >3', 3, 'a condition begins with a column, as in p>=0.3'],
    ['state:faild', 7, 'there is no state faild; did you mean failed?'],
    ['p>0.1,0.2', 3, 'dropout_rate> takes one number'],
  ])('that cannot be read says where and why: %s', (text, at, why) => {
    expect(readFilter(text, definition)).toEqual({ at, text: why });
  });

  it('is typed at the foot of the screen, which keeps what is wrong, and says why', () => {
    let applied: TrialFilter | null | undefined;
    const prompt = new Prompt(() => undefined);
    prompt.open(filterPrompt(definition, null, (filter) => (applied = filter)));
    for (const key of 'accurazy') expect(prompt.take(key, {})).toBe(true);
    prompt.take('', { return: true });
    const frame = drawFrame({ snapshot: situations.running(), prompt: prompt.shown, width: 80, height: 24 });
    expect(frame.split('\n').slice(-2)).toEqual([
      '! at 1: there is no column accurazy; did you mean accuracy?',
      '/accurazy',
    ]);
    expect(applied).toBeUndefined();
    for (const _ of 'zy') prompt.take('', { delete: true });
    prompt.take('', { leftArrow: true });
    prompt.take('', { end: true });
    prompt.paste('cy\n> 0.9');
    prompt.take('', { return: true });
    expect(prompt.shown).toBeNull();
    expect(applied).toMatchObject({ text: 'accuracy > 0.9' });
    // An empty line shows all again; esc leaves things as they are.
    prompt.open(filterPrompt(definition, applied ?? null, (filter) => (applied = filter)));
    prompt.take('', { escape: true });
    expect(applied).toMatchObject({ text: 'accuracy > 0.9' });
    prompt.open(filterPrompt(definition, applied ?? null, (filter) => (applied = filter)));
    prompt.take('u', { ctrl: true });
    prompt.take('\r', {});
    expect(applied).toBeNull();
    prompt.open(filterPrompt(definition, null, (filter) => (applied = filter)));
    for (const key of 'ensem') prompt.take(key, {});
    prompt.take('', { tab: true });
    const [typed] = prompt.shown?.draw(80)[0]?.slice(1) ?? [];
    expect(typed?.text).toBe('ensemble_size');
    // A character of two code units goes whole.
    prompt.open(filterPrompt(definition, null, () => undefined));
    prompt.paste('a🙂b');
    prompt.take('', { leftArrow: true });
    prompt.take('', { backspace: true });
    expect(
      prompt.shown
        ?.draw(80)[0]
        ?.slice(1, 3)
        .map(({ text }) => text),
    ).toEqual(['a', 'b']);
    // As far as several agree.
    prompt.open(filterPrompt(definition, null, () => undefined));
    for (const key of 'M=1 acc') prompt.take(key, {});
    prompt.take('', { tab: true });
    expect(prompt.shown?.draw(80)[0]?.[1]?.text).toBe('M=1 accuracy');
  });

  it('stays while one looks at a trial and at other views, and goes with esc', () => {
    const extent = { rows: 50, visible: 10 };
    const filter: TrialFilter = { text: 'p>0', conditions: [] };
    const scrolled = changeView(initialViewState, { kind: 'move', rows: 30 }, extent);
    const filtered = changeView(scrolled, { kind: 'filter', filter }, extent);
    expect(filtered).toMatchObject({ filter, offset: 0, selected: 0 });
    const opened = changeView(filtered, { kind: 'open', opened: { view: 'trial', subject: '7' } }, extent);
    expect(changeView(opened, { kind: 'back' }, extent)).toEqual(filtered);
    expect(changeView(filtered, { kind: 'go', view: 'trials' }, extent)).toMatchObject({ filter });
    expect(changeView(filtered, { kind: 'back' }, extent).filter).toBeNull();
    const elsewhere = { view: 'overview', subject: '', sweep: 'other' };
    expect(changeView(filtered, { kind: 'open', opened: elsewhere }, extent).filter).toBeNull();
  });

  it.each([
    [60, 20],
    [80, 24],
    [120, 40],
  ])('shows in the title of what it leaves, in %i×%i', async (width, height) => {
    const running = situations.running();
    const read = readFilter('p>0.2 state:done', definition);
    if ('at' in read) throw new Error(read.text);
    const trials = running.trials.filter(({ configuration }) => configuration.dropout_rate > 0.2).slice(0, 2);
    const sort = { by: 'metric', name: 'accuracy', direction: 'maximize' } as const;
    const filtered = { ...running, trials, matching: 2, page: { sort, offset: 0, filter: read } };
    const view = { ...initialViewState, view: 'trials', filter: read };
    await expect(`${drawFrame({ snapshot: filtered, view, width, height })}\n`).toMatchFileSnapshot(
      `frames/filtered-${width}x${height}.txt`,
    );
  });
});
